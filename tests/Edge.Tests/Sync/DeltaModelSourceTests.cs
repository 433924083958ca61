using System.Net;
using Edge.Agent.Models;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Deltas;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Sync;

/// <summary>A device that holds one package and is told to fetch another.</summary>
public sealed class DeltaModelSourceTests : IDisposable
{
    private static readonly string OldDigest = $"sha256:{new string('a', 64)}";
    private static readonly string NewDigest = $"sha256:{new string('b', 64)}";

    private readonly TempFolder _folder = new();
    private readonly byte[] _old = Bytes(1, 5_000);
    private readonly byte[] _new;
    private readonly ModelSlots _slots;
    private readonly List<string> _asked = [];

    public DeltaModelSourceTests()
    {
        _new = [.. _old[..2_000], .. Bytes(2, 100), .. _old[2_000..]];
        _slots = new ModelSlots(DeviceRecord.Open(_folder.Path, NullLogger.Instance), NullLogger.Instance);
        _slots.Keep(OldDigest, _old);
        _slots.Stage(new SlotEntry(OldDigest, "pump", 1), Assignment());
        _slots.Activate();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Only_the_difference_travels()
    {
        Assert.Equal(_new, await FetchAsync(DeltaCodec.Encode(_old, _new)));
        Assert.Equal([$"/artefacts/{NewDigest}/delta?from={OldDigest}"], _asked);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("damaged")]
    [InlineData("of another file")]
    [InlineData("to another size")]
    [InlineData("larger than the package")]
    public async Task Without_a_delta_that_fits_the_whole_package_is_fetched(string kind)
    {
        var delta = kind switch
        {
            "damaged" => DeltaCodec.Encode(_old, _new)[..^40],
            "of another file" => DeltaCodec.Encode(Bytes(3, 5_000), _new),
            "to another size" => DeltaCodec.Encode(_old, _new.AsSpan(..^1)),
            "larger than the package" => new byte[10_000],
            _ => null,
        };
        Assert.Equal(_new, await FetchAsync(delta));
        Assert.Equal([$"/artefacts/{NewDigest}/delta?from={OldDigest}", $"/artefacts/{NewDigest}"], _asked);
    }

    [Fact]
    public async Task A_download_that_has_begun_goes_on_whole()
    {
        Assert.Equal(_new, await FetchAsync(DeltaCodec.Encode(_old, _new), begun: 1_000));
        Assert.Equal([$"/artefacts/{NewDigest}"], _asked);
    }

    [Fact]
    public async Task A_device_without_a_model_asks_for_no_difference()
    {
        _slots.Empty();
        Assert.Equal(_new, await FetchAsync(null));
        Assert.Equal([$"/artefacts/{NewDigest}"], _asked);
    }

    /// <param name="begun">Bytes that came before.</param>
    private async Task<byte[]> FetchAsync(byte[]? delta, int begun = 0)
    {
        using var server = new Server(_asked, delta, _new);
        using var whole = new HttpModelSource(
            "http://127.0.0.1:1/", "d-1", "secret", new ModelOptions(), server, TimeProvider.System, NullLogger.Instance);
        using var part = new MemoryStream();
        part.Write(_new.AsSpan(0, begun));
        await new DeltaModelSource(whole, whole, new HeldArtefacts(_slots, null), NullLogger.Instance).FetchAsync(
            Assignment(), part, CancellationToken.None);
        return part.ToArray();
    }

    private ModelAssignment Assignment() =>
        new() { Digest = NewDigest, Name = "pump", Release = 2, PackageBytes = _new.Length, Url = $"/artefacts/{NewDigest}" };

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class Server(List<string> asked, byte[]? delta, byte[] whole) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("Basic", request.Headers.Authorization?.Scheme);
            var path = request.RequestUri!.PathAndQuery;
            asked.Add(path);
            var body = path.Contains("/delta?", StringComparison.Ordinal) ? delta : whole;
            return Task.FromResult(
                body is null
                    ? new HttpResponseMessage(HttpStatusCode.NotFound) : new HttpResponseMessage(
                        HttpStatusCode.OK) { Content = new ByteArrayContent(body) });
        }
    }
}
