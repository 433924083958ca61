using Edge.Agent.Hosting;
using Edge.Agent.Models;
using Edge.Agent.Settings;
using Hmas.Contracts.Chunks;
using Hmas.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Sync.Downlink;

/// <summary>Who gives a device the chunks of a package.</summary>
public sealed class ChunkModelSourceTests : IDisposable
{
    /// <summary>That a peer is given for a chunk.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Paths at the hub, where peers or the device itself have all chunks.</summary>
    private static readonly string[] ListAndPeers = [$"/artefacts/{ChunkScene.Digest}/chunks", $"/artefacts/{ChunkScene.Digest}/peers"];

    private static readonly string Whole = $"/artefacts/{ChunkScene.Digest}";

    private readonly ChunkScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_peer_that_has_the_package_gives_all_of_it_and_the_hub_only_says_what_it_is()
    {
        _scene.AddHolder();
        await _scene.FetchAsync();
        Assert.Equal(ListAndPeers, _scene.Asked);
    }

    [Fact]
    public async Task What_the_device_holds_itself_travels_from_nobody()
    {
        var digest = $"sha256:{new string('a', 64)}";
        _scene.Slots.Keep(digest, [.. _scene.Package[..(2 * ChunkList.ChunkBytes)], .. ChunkScene.Bytes(7, 9_000)]);
        _scene.Slots.Stage(new SlotEntry(digest, "pump", 1), _scene.Assignment);
        _scene.Slots.Activate();
        var given = _scene.AddHolder();
        await _scene.FetchAsync();
        Assert.Equal(_scene.Chunks.Skip(2).Select(static chunk => chunk.Hash), given);
    }

    [Fact]
    public async Task After_a_kill_what_was_verified_stays_and_what_was_not_is_asked_again()
    {
        var part = _scene.Package[..((2 * ChunkList.ChunkBytes) + 100)];
        part[ChunkList.ChunkBytes + 5] ^= 1;
        _scene.Part.Write(part);
        var given = _scene.AddHolder();
        await _scene.FetchAsync();
        Assert.Equal(_scene.Chunks.Skip(1).Select(static chunk => chunk.Hash), given);
    }

    [Theory]
    [InlineData("other bytes")]
    [InlineData("fewer bytes")]
    [InlineData("no bytes")]
    [InlineData("no answer")]
    [InlineData("an endless head")]
    [InlineData("nobody listens")]
    [InlineData("another secret")]
    [InlineData("a redirect")]
    public async Task A_peer_that_lies_is_left_alone_and_another_one_or_the_hub_gives_the_rest(string how)
    {
        var liar = new LyingPeer(_scene, how);
        _scene.AddHolder();
        using var seen = ChunkScene.SeenPeers();
        await _scene.FetchAsync(seen);
        Assert.Equal(ListAndPeers, _scene.Asked);
        var asked = liar.Asked;
        // A connection that ends before any answer is tried four times by HTTP itself; another secret is refused before a chunk is looked for.
        Assert.InRange(asked, how is "nobody listens" or "another secret" ? 0 : 1, how == "no answer" ? 4 : 1);

        // The next download of the same agent does not ask it at all; without another peer the hub gives the whole.
        _scene.Peers.RemoveAt(1);
        _scene.Asked.Clear();
        _scene.Part.SetLength(0);
        await _scene.FetchAsync(seen);
        Assert.Equal([.. ListAndPeers, Whole], _scene.Asked);
        Assert.Equal(asked, liar.Asked);
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("a byte now and then")]
    public async Task A_peer_that_is_slow_costs_a_bounded_time(string how)
    {
        var time = new WatchedClock();
        _ = new LyingPeer(_scene, how);
        using var seen = ChunkScene.SeenPeers(time);
        var fetching = _scene.FetchAsync(seen);
        var began = time.GetUtcNow();
        await PassAsync(time, fetching, Patience);
        Assert.Equal(Patience, time.GetUtcNow() - began);
        Assert.Equal(Whole, _scene.Asked[^1]);
    }

    [Fact]
    public async Task A_cache_of_the_settings_is_asked_first_and_needs_no_secret()
    {
        var given = 0;
        var cache = _scene.Serve(async (stream, head) =>
        {
            Assert.DoesNotContain("Authorization", head, StringComparison.OrdinalIgnoreCase);
            var chunk = ChunkScene.Holding(_scene.Package)(head["GET /chunks/".Length..][..64])!;
            await stream.WriteAsync(HttpHead.Answer("200 OK", "application/octet-stream", chunk.Length));
            await stream.WriteAsync(chunk);
            given++;
        });
        // Without a secret nobody is asked whom the hub names.
        _scene.Peers.Add("http://127.0.0.1:1/");
        using var seen = ChunkScene.SeenPeers(null, new PeerOptions { Sources = { $"http://{cache}" } }, null);
        await _scene.FetchAsync(seen);
        Assert.Equal(_scene.Chunks.Count, given);
        Assert.Equal(ListAndPeers, _scene.Asked);
    }

    [Fact]
    public async Task Nobody_is_asked_before_the_devices_window_opens()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        var given = _scene.AddHolder();
        var fetching = _scene.FetchAsync(null, new ModelOptions { DownloadWindow = "13:00-14:00" }, time);
        Assert.Empty(_scene.Asked);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(fetching.IsCompleted);
        Assert.Empty(given);
        time.Advance(TimeSpan.FromMinutes(2));
        await fetching;
        Assert.Equal(_scene.Chunks.Count, given.Count);
    }

    [Fact]
    public async Task A_list_that_is_none_is_as_good_as_no_list()
    {
        _scene.AddHolder();
        _scene.List[20] ^= 1;
        await _scene.FetchAsync();
        Assert.Equal([ListAndPeers[0], Whole], _scene.Asked);
        _scene.Part.SetLength(0);
        _scene.List = [];
        await _scene.FetchAsync();
        Assert.Equal(Whole, _scene.Asked[^1]);
    }

    [Fact]
    public async Task The_devices_own_bound_on_downloads_holds_for_peers()
    {
        const long BytesPerSecond = 20_000;
        var time = new WatchedClock();
        _scene.AddHolder();
        using var seen = ChunkScene.SeenPeers(time, bytesPerSecond: BytesPerSecond);
        var began = time.GetUtcNow();
        var fetching = _scene.FetchAsync(seen);
        // A throttle waits for less than a peer's patience lasts.
        await PassAsync(time, fetching, Patience - TimeSpan.FromSeconds(1));
        Assert.Equal(ListAndPeers, _scene.Asked);
        var least = TimeSpan.FromSeconds((double)_scene.Package.Length / BytesPerSecond);
        Assert.InRange(time.GetUtcNow() - began, 0.9 * least, 3 * least);
    }

    /// <summary>Whenever somebody begins to wait for the clock, the time has come.</summary>
    /// <param name="longest">Longer waits are no part of the way.</param>
    private static async Task PassAsync(WatchedClock time, Task fetching, TimeSpan longest)
    {
        while (!fetching.IsCompleted)
        {
            var wait = time.WaitBegunAsync(longest);
            if (await Task.WhenAny(fetching, wait) == wait) time.Advance(await wait);
        }

        await fetching;
    }
}
