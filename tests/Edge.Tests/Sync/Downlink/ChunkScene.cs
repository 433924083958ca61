using System.Net;
using System.Net.Sockets;
using System.Text;
using Edge.Agent.Hosting;
using Edge.Agent.Models;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Chunks;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Sync.Downlink;

/// <summary>A device that fetches a large package of five chunks from its hub and from peers; real sockets between it and the peers.</summary>
internal sealed class ChunkScene : IDisposable
{
    public const string Secret = "sixteen and more";

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();

    public ChunkScene()
    {
        Slots = SlotsOf("device");
        List = ChunkList.Write(Chunks);
    }

    /// <summary>Of the package.</summary>
    public static string Digest { get; } = $"sha256:{new string('b', 64)}";

    public byte[] Package { get; } = Bytes(1, (4 * ChunkList.ChunkBytes) + 5_000);

    public IReadOnlyList<Chunk> Chunks => ChunkList.Of(new MemoryStream(Package));

    public ModelAssignment Assignment =>
        new() { Digest = Digest, Name = "pump", Release = 2, PackageBytes = Package.Length, Url = $"/artefacts/{Digest}" };

    /// <summary>The device's.</summary>
    public ModelSlots Slots { get; }

    /// <summary>What has come of the package.</summary>
    public MemoryStream Part { get; } = new();

    /// <summary>Files of packages and downloads on the device.</summary>
    public IEnumerable<string> Files => Directory.EnumerateFiles(ModelSlots.FolderOf(_folder.File("device")));

    /// <summary>What the hub says of the package's chunks; empty: it has no list.</summary>
    public byte[] List { get; set; }

    /// <summary>Whom the hub names to the device.</summary>
    public List<string> Peers { get; } = [];

    /// <summary>Paths that the hub was asked for.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Bytes that the hub gave.</summary>
    public long Given { get; private set; }

    /// <summary>Cancelled when the scene is over.</summary>
    public CancellationToken Over => _stop.Token;

    public static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The chunks of a file, by their hashes.</summary>
    public static Func<string, byte[]?> Holding(byte[] file) => hash =>
        ChunkList.Of(new MemoryStream(file)).Where(chunk => chunk.Hash == hash)
            .Select(chunk => file.AsSpan((int)chunk.Offset, chunk.Length).ToArray()).FirstOrDefault();

    /// <summary>Of a device of that name.</summary>
    public ModelSlots SlotsOf(string name) =>
        new(DeviceRecord.Open(Directory.CreateDirectory(_folder.File(name)).FullName, NullLogger.Instance), NullLogger.Instance);

    /// <summary>Another device's server; the hub names it.</summary>
    public IPEndPoint AddPeer(Func<string, byte[]?> find, string secret = Secret)
    {
        var end = new IPEndPoint(IPAddress.Loopback, FreePorts.One());
        _ = new ChunkServer(end, secret, long.MaxValue, find, new FakeTimeProvider(), NullLogger.Instance).RunAsync(Over);
        Peers.Add($"http://{end}/");
        return end;
    }

    /// <summary>Another device's server that has the package.</summary>
    /// <returns>Hashes that it was asked for.</returns>
    public IReadOnlyList<string> AddHolder()
    {
        var asked = new List<string>();
        AddPeer(hash =>
        {
            asked.Add(hash);
            return Holding(Package)(hash);
        });
        return asked;
    }

    /// <summary>Listens, and answers one after the other until the scene is over.</summary>
    /// <param name="answer">To a request's head.</param>
    public EndPoint Serve(Func<NetworkStream, string, Task> answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync();
        return listener.LocalEndpoint;

        async Task ServeAsync()
        {
            using var stop = Over.Register(listener.Stop);
            while (!Over.IsCancellationRequested)
            {
                using var client = await listener.AcceptTcpClientAsync(Over);
                var stream = client.GetStream();
                try
                {
                    await answer(stream, await HttpHead.ReadAsync(stream, Over));
                }
                catch (IOException)
                {
                    // The device has had enough.
                }
            }
        }
    }

    /// <summary>The device's view of its peers.</summary>
    /// <param name="time">Null: stands still, so that no peer on a busy machine is too slow.</param>
    public static PeerChunks SeenPeers(TimeProvider? time = null, PeerOptions? options = null, string? secret = Secret, long bytesPerSecond = 0) =>
        new(options ?? new PeerOptions { SecretFile = "x" }, secret, bytesPerSecond, Timeout.InfiniteTimeSpan, time ?? new FakeTimeProvider(),
            NullLogger.Instance);

    /// <summary>Fetches the package, which must come whole.</summary>
    public async Task FetchAsync(PeerChunks? seen = null, ModelOptions? options = null, TimeProvider? time = null)
    {
        using var own = seen is null ? SeenPeers() : null;
        using var hub = HubOf(options, time);
        await ChunksOf(hub, seen ?? own!).FetchAsync(Assignment, Part, default);
        Assert.Equal(Package, Part.ToArray());
    }

    /// <summary>Fetches as an updater does: what is not the package is refused.</summary>
    public async Task<byte[]> FetchCheckedAsync(Func<byte[], bool>? isRight = null)
    {
        using var seen = SeenPeers();
        using var hub = HubOf(null, null);
        return await new CheckedFetch(ChunksOf(hub, seen), hub, Slots.Packages, NullLogger.Instance).FetchAsync(
            Assignment,
            bytes =>
            {
                if (!(isRight?.Invoke(bytes) ?? bytes.SequenceEqual(Package))) throw new ModelRefusal("digest-mismatch", "other bytes");
            },
            default);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _folder.Dispose();
    }

    private HttpModelSource HubOf(ModelOptions? options, TimeProvider? time) => new(
        "http://127.0.0.1:1/", "d-1", "secret", options ?? new ModelOptions(), new Hub(this), time ?? TimeProvider.System, NullLogger.Instance);

    private ChunkModelSource ChunksOf(HttpModelSource hub, PeerChunks seen) => new(hub, new HeldChunks(Slots, null), seen, NullLogger.Instance);

    private sealed class Hub(ChunkScene scene) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.PathAndQuery;
            scene.Asked.Add(path);
            var body = path.EndsWith("/chunks", StringComparison.Ordinal) ? scene.List
                : path.EndsWith("/peers", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(string.Join('\n', scene.Peers))
                : scene.Package[(int)(request.Headers.Range?.Ranges.Single().From ?? 0)..];
            scene.Given += body.Length;
            var partial = request.Headers.Range is not null;
            var reply = new HttpResponseMessage(body.Length == 0 ? HttpStatusCode.NotFound
                : partial ? HttpStatusCode.PartialContent : HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
            if (partial)
                reply.Content.Headers.ContentRange = new System.Net.Http.Headers.ContentRangeHeaderValue(
                    scene.Package.Length - body.Length, scene.Package.Length - 1, scene.Package.Length);
            return Task.FromResult(reply);
        }
    }
}
