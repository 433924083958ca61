using Cloud.Hub.Host;
using Cloud.Hub.Redistribution;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Retention;
using Cloud.Hub.Redistribution.Trust;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Chunks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cloud.Hub.Tests.Redistribution.Registry;

/// <summary>What holds wherever artefacts lie.</summary>
public abstract class ArtefactStoreTests : IAsyncLifetime
{
    internal RedistributionScene Scene { get; } = new();

    internal HubFixture Hub { get; private set; } = null!;

    public virtual async Task InitializeAsync() => Hub = await Scene.StartAsync(settings: Settings());

    public virtual async Task DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Scene.DisposeAsync();
    }

    [Fact]
    public async Task An_artefact_is_given_whole_and_in_chunks_also_by_the_hub_that_starts_after_this_one()
    {
        var file = Bytes(1, 200_000);
        var digest = await AddAsync("agent", file);
        await GivesAsync(digest, file);
        await RestartAsync();
        await GivesAsync(digest, file);
    }

    [Fact]
    public async Task What_nothing_needs_goes_with_the_chunks_that_are_its_alone()
    {
        var shared = Bytes(2, ChunkList.ChunkBytes);
        byte[] old = [.. shared, .. Bytes(3, 1_000)], next = [.. shared, .. Bytes(4, 1_000)];
        var (gone, kept) = (await AddAsync("agent", old), await AddAsync("agent", next));
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(40));
        await CollectAsync(time);
        time.Advance(TimeSpan.FromDays(2));
        Assert.Equal([gone], await CollectAsync(time));
        Assert.False(await HoldsAsync(gone, old));
        Assert.True(await HoldsAsync(kept, next));
        await GivesAsync(kept, next);
    }

    internal abstract Dictionary<string, string?> Settings();

    /// <summary>Whether the store has the artefact, and every chunk of it.</summary>
    internal abstract Task<bool> HoldsAsync(string digest, byte[] file);

    internal async Task RestartAsync()
    {
        await Hub.DisposeAsync();
        Hub = await Scene.StartAsync(settings: Settings());
    }

    internal async Task<string> AddAsync(string name, byte[] file) => (await Hub.Get<IArtefactRegistry>().AddAsync(
        new ArtefactUpload(ArtefactKind.Agent, name, null, ["generic"], "test"), new MemoryStream(file), default)).Digest;

    internal async Task GivesAsync(string digest, byte[] file)
    {
        using var client = Hub.Http(HubServices.Redistribution);
        Assert.Equal(file, await client.GetByteArrayAsync($"/artefacts/{digest}"));
        var joined = new List<byte>();
        foreach (var chunk in ChunkList.Read(await client.GetByteArrayAsync($"/artefacts/{digest}/chunks"), file.Length))
            joined.AddRange(await client.GetByteArrayAsync($"/chunks/{chunk.Hash}"));
        Assert.Equal(file, joined);
    }

    internal Task<IReadOnlyList<string>> CollectAsync(TimeProvider time)
    {
        var options = Options.Create(new RedistributionOptions { KeepReleases = 1 });
        return new Collector(
            Hub.Get<ArtefactRegistry>(), Hub.Get<ArtefactTable>(), Hub.Get<ArtefactFolder>(), Hub.Get<PackageDeltas>(), Hub.Get<PackageChunks>(),
            Hub.Get<ImageRepository>(), Hub.Get<References>(), Hub.Get<BucketSweep>(), options, time, NullLogger<Collector>.Instance)
            .CollectAsync(default);
    }

    internal static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
