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

/// <summary>A device that fetches a package of four chunks; real sockets between it and its peers.</summary>
public sealed class ChunkModelSourceTests : IDisposable
{
    private const string Secret = "sixteen and more";
    private static readonly string Digest = $"sha256:{new string('b', 64)}";

    /// <summary>That a peer is given for a chunk.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _package = Bytes(1, (3 * ChunkList.ChunkBytes) + 5_000);
    private readonly ModelSlots _slots;
    private readonly List<string> _asked = [];
    private readonly List<string> _peers = [];
    private byte[] _list;
    private long _given;

    public ChunkModelSourceTests()
    {
        _slots = Slots("device");
        _list = ChunkList.Write(ChunkList.Of(new MemoryStream(_package)));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_peer_that_has_the_package_gives_all_of_it_and_the_hub_only_says_what_it_is()
    {
        Peer(Holding(_package));
        await FetchAsync();
        Assert.Equal([$"/artefacts/{Digest}/chunks", $"/artefacts/{Digest}/peers"], _asked);
    }

    [Fact]
    public async Task What_the_device_holds_itself_travels_from_nobody()
    {
        var old = _slots.Packages;
        var digest = $"sha256:{new string('a', 64)}";
        old.Write(digest, [.. _package[..(2 * ChunkList.ChunkBytes)], .. Bytes(7, 9_000)]);
        _slots.Stage(new SlotEntry(digest, "pump", 1), Assignment());
        _slots.Activate();
        var given = new List<string>();
        Peer(hash =>
        {
            given.Add(hash);
            return Holding(_package)(hash);
        });
        await FetchAsync();
        Assert.Equal(Chunks().Skip(2).Select(static chunk => chunk.Hash), given);
    }

    [Fact]
    public async Task After_a_kill_what_was_verified_stays_and_what_was_not_is_asked_again()
    {
        var part = _package[..((2 * ChunkList.ChunkBytes) + 100)];
        part[ChunkList.ChunkBytes + 5] ^= 1;
        await File.WriteAllBytesAsync(_slots.Packages.PartPath(Digest), part);
        var given = new List<string>();
        Peer(hash =>
        {
            given.Add(hash);
            return Holding(_package)(hash);
        });
        await FetchAsync();
        Assert.Equal(Chunks().Skip(1).Select(static chunk => chunk.Hash), given);
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
        var asked = Liar(how);
        Peer(Holding(_package));
        using var peers = Peers();
        await FetchAsync(peers);
        Assert.Equal([$"/artefacts/{Digest}/chunks", $"/artefacts/{Digest}/peers"], _asked);
        var times = asked();
        // A connection that ends before any answer is tried four times by HTTP itself.
        Assert.InRange(times, how == "nobody listens" ? 0 : 1, how == "no answer" ? 4 : 1);

        // The next download of the same agent does not ask it at all; without another peer the hub gives the whole.
        _peers.RemoveAt(1);
        _asked.Clear();
        File.Delete(_slots.Packages.PartPath(Digest));
        await FetchAsync(peers);
        Assert.Equal([$"/artefacts/{Digest}/chunks", $"/artefacts/{Digest}/peers", $"/artefacts/{Digest}"], _asked);
        Assert.Equal(times, asked());
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("a byte now and then")]
    public async Task A_peer_that_is_slow_costs_a_bounded_time(string how)
    {
        var time = new WatchedClock();
        Liar(how);
        using var peers = Peers(time);
        var fetching = FetchAsync(peers);
        var began = time.GetUtcNow();
        await PassAsync(time, fetching, Patience);
        Assert.Equal(Patience, time.GetUtcNow() - began);
        Assert.Equal($"/artefacts/{Digest}", _asked[^1]);
    }

    [Fact]
    public async Task A_cache_of_the_settings_is_asked_first_and_needs_no_secret()
    {
        var given = 0;
        var cache = Serve(async (stream, head) =>
        {
            Assert.DoesNotContain("Authorization", head, StringComparison.OrdinalIgnoreCase);
            var chunk = Holding(_package)(head["GET /chunks/".Length..][..64])!;
            await stream.WriteAsync(HttpHead.Answer("200 OK", "application/octet-stream", chunk.Length));
            await stream.WriteAsync(chunk);
            given++;
        });
        // Without a secret nobody is asked whom the hub names.
        _peers.Add("http://127.0.0.1:1/");
        using var peers = Peers(null, new PeerOptions { Sources = { $"http://{cache}" } }, null);
        await FetchAsync(peers);
        Assert.Equal(Chunks().Count, given);
        Assert.Equal([$"/artefacts/{Digest}/chunks", $"/artefacts/{Digest}/peers"], _asked);
    }

    [Fact]
    public async Task Nobody_is_asked_before_the_devices_window_opens()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        var given = 0;
        Peer(hash =>
        {
            Interlocked.Increment(ref given);
            return Holding(_package)(hash);
        });
        var fetching = FetchAsync(null, new ModelOptions { DownloadWindow = "13:00-14:00" }, time);
        Assert.Empty(_asked);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(fetching.IsCompleted);
        Assert.Equal(0, given);
        time.Advance(TimeSpan.FromMinutes(2));
        await fetching;
        Assert.Equal(Chunks().Count, given);
    }

    [Fact]
    public async Task A_list_that_is_none_is_as_good_as_no_list()
    {
        Peer(Holding(_package));
        _list[20] ^= 1;
        await FetchAsync();
        Assert.Equal([$"/artefacts/{Digest}/chunks", $"/artefacts/{Digest}"], _asked);
        File.Delete(_slots.Packages.PartPath(Digest));
        _list = [];
        await FetchAsync();
        Assert.Equal($"/artefacts/{Digest}", _asked[^1]);
    }

    /// <summary>Nothing signs the list: whoever can write it, a cache before the hub, can name other bytes. The file's digest decides.</summary>
    /// <param name="held">Chunks of the false file that a peer has, from the first one on.</param>
    /// <param name="wasted">Bytes that are fetched in vain, beside the list.</param>
    /// <param name="asked">How often the hub is asked for the file: for what is missing behind the chunks, and for the whole.</param>
    [Theory]
    [InlineData(4, (3 * ChunkList.ChunkBytes) + 5_000, 1)]
    [InlineData(1, (3 * ChunkList.ChunkBytes) + 5_000, 2)]
    [InlineData(0, 0, 1)]
    public async Task A_false_list_costs_one_download_at_most_and_then_the_hub_gives_the_whole(int held, long wasted, int asked)
    {
        var near = Lie(held);
        Assert.Equal(_package, await CheckedAsync());
        Assert.Equal(wasted, near() + _given - _list.Length - _peers.Sum(static peer => peer.Length) - _package.Length);
        Assert.Equal(asked, _asked.Count(static path => path == $"/artefacts/{Digest}"));
    }

    [Fact]
    public async Task A_file_that_is_refused_whole_too_is_not_fetched_again_and_leaves_nothing()
    {
        Lie(4);
        var refused = await Assert.ThrowsAsync<ModelRefusal>(() => CheckedAsync(static _ => false));
        Assert.Equal("digest-mismatch", refused.Reason);
        Assert.Single(_asked, static path => path == $"/artefacts/{Digest}");
        Assert.False(File.Exists(_slots.Packages.PartPath(Digest)));
    }

    [Fact]
    public async Task What_is_refused_for_another_reason_than_its_bytes_is_not_fetched_again()
    {
        Peer(Holding(_package));
        await Assert.ThrowsAsync<ModelRefusal>(() => CheckedAsync(static _ => throw new ModelRefusal("hardware", "made for others")));
        Assert.DoesNotContain($"/artefacts/{Digest}", _asked);
    }

    [Fact]
    public async Task A_peer_gives_what_its_slots_name_and_nothing_to_those_who_do_not_know_the_secret()
    {
        var holder = Slots("holder");
        holder.Packages.Write(Digest, _package);
        var held = new HeldChunks(holder, null);
        var hash = Chunks()[0].Hash;
        Assert.Null(held.Find(hash));
        holder.Stage(new SlotEntry(Digest, "pump", 1), Assignment());
        Assert.Equal(_package[..ChunkList.ChunkBytes], held.Find(hash));
        var end = Peer(held.Find);
        Assert.StartsWith("HTTP/1.1 200 OK", await AskAsync(end, $"GET /chunks/{hash} HTTP/1.1\r\n{Proof(hash)}"), StringComparison.Ordinal);
        foreach (var (request, code) in ((string, string)[])[
            ($"GET /chunks/{hash} HTTP/1.1\r\n", "401"), ($"GET /chunks/{hash} HTTP/1.1\r\n{Proof(Chunks()[1].Hash)}", "401"),
            ($"GET /chunks/{new string('a', 64)} HTTP/1.1\r\n{Proof(new string('a', 64))}", "404"),
            ($"GET /chunks/../../{hash[..58]} HTTP/1.1\r\n{Proof(hash)}", "400"), ($"POST /chunks/{hash} HTTP/1.1\r\n{Proof(hash)}", "400"),
            ($"GET /chunks/{hash}x HTTP/1.1\r\n{Proof(hash)}", "400"), ("\r\n", "400"), (new string('x', 9_000), "400")])
            Assert.StartsWith($"HTTP/1.1 {code}", await AskAsync(end, request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_devices_own_bound_on_downloads_holds_for_peers_and_so_does_the_peers_bound_on_what_it_gives()
    {
        var time = new WatchedClock();
        Peer(Holding(_package));
        using var peers = Peers(time, bytesPerSecond: 20_000);
        var began = time.GetUtcNow();
        var fetching = FetchAsync(peers);
        // A throttle waits for less than a peer's patience lasts.
        await PassAsync(time, fetching, Patience - TimeSpan.FromSeconds(1));
        Assert.Equal([$"/artefacts/{Digest}/chunks", $"/artefacts/{Digest}/peers"], _asked);
        Assert.InRange((time.GetUtcNow() - began).TotalSeconds, 0.9 * _package.Length / 20_000, 3.0 * _package.Length / 20_000);
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

    private IReadOnlyList<Chunk> Chunks() => ChunkList.Of(new MemoryStream(_package));

    private static string Proof(string hash) => $"Authorization: {SiteSecret.Scheme} {SiteSecret.Proof(Secret, hash)}\r\n";

    private static Func<string, byte[]?> Holding(byte[] file) => hash =>
        ChunkList.Of(new MemoryStream(file)).Where(chunk => chunk.Hash == hash)
            .Select(chunk => file.AsSpan((int)chunk.Offset, chunk.Length).ToArray()).FirstOrDefault();

    private ModelSlots Slots(string name) =>
        new(DeviceRecord.Open(Directory.CreateDirectory(_folder.File(name)).FullName, NullLogger.Instance), NullLogger.Instance);

    /// <param name="time">Null: stands still, so that no peer on a busy machine is too slow.</param>
    private static PeerChunks Peers(TimeProvider? time = null, PeerOptions? options = null, string? secret = Secret, long bytesPerSecond = 0) =>
        new(options ?? new PeerOptions { SecretFile = "x" }, secret, bytesPerSecond, Timeout.InfiniteTimeSpan, time ?? new FakeTimeProvider(),
            NullLogger.Instance);

    private static IPEndPoint FreeEnd() => new(IPAddress.Loopback, FreePorts.One());

    /// <summary>Another device's server; the hub names it.</summary>
    private IPEndPoint Peer(Func<string, byte[]?> find, string secret = Secret)
    {
        var end = FreeEnd();
        _ = new ChunkServer(end, secret, long.MaxValue, find, new FakeTimeProvider(), NullLogger.Instance).RunAsync(_stop.Token);
        _peers.Add($"http://{end}/");
        return end;
    }

    /// <summary>A peer that is none.</summary>
    /// <returns>How often it was asked.</returns>
    private Func<int> Liar(string how)
    {
        var asked = 0;
        if (how == "another secret")
        {
            Peer(Holding(_package), "another secret here");
            return () => 1;
        }

        if (how == "nobody listens")
        {
            _peers.Add($"http://{FreeEnd()}/");
            return () => 0;
        }

        _peers.Add($"http://{Serve((stream, _) =>
        {
            Interlocked.Increment(ref asked);
            return LieAsync(stream, how);
        })}/");
        return () => Volatile.Read(ref asked);
    }

    /// <summary>Answers one after the other until the test is over.</summary>
    /// <param name="answer">To a request's head.</param>
    private EndPoint Serve(Func<NetworkStream, string, Task> answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAsync();
        return listener.LocalEndpoint;

        async Task ServeAsync()
        {
            using var stop = _stop.Token.Register(listener.Stop);
            while (!_stop.IsCancellationRequested)
            {
                using var client = await listener.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                try
                {
                    await answer(stream, await HttpHead.ReadAsync(stream, _stop.Token));
                }
                catch (IOException)
                {
                    // The device has had enough.
                }
            }
        }
    }

    private async Task LieAsync(NetworkStream stream, string how)
    {
        var head = HttpHead.Answer("200 OK", "application/octet-stream", ChunkList.ChunkBytes);
        switch (how)
        {
            case "other bytes":
                await stream.WriteAsync(head);
                await stream.WriteAsync(Bytes(9, ChunkList.ChunkBytes));
                break;
            case "fewer bytes":
                await stream.WriteAsync(head);
                await stream.WriteAsync(_package.AsMemory(0, 1_000));
                break;
            case "no bytes": await stream.WriteAsync(HttpHead.Answer("500 No", "x", 0)); break;
            case "a redirect":
                await stream.WriteAsync("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                break;
            case "an endless head":
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
                while (true) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X: {new string('x', 1_000)}\r\n"), _stop.Token);
            case "silent":
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                break;
            case "a byte now and then":
                await stream.WriteAsync(head);
                while (true)
                {
                    await stream.WriteAsync(new byte[1], _stop.Token);
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, _stop.Token);
                }

            default: break;
        }
    }

    private static async Task<string> AskAsync(IPEndPoint end, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(end);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request + "\r\n"));
        return await HttpHead.ReadAsync(client.GetStream(), default);
    }

    /// <summary>The hub's list is that of another file, whose first chunks a peer has.</summary>
    /// <returns>Bytes that the peer gave.</returns>
    private Func<long> Lie(int held)
    {
        var other = Bytes(5, _package.Length);
        _list = ChunkList.Write(ChunkList.Of(new MemoryStream(other)));
        var near = 0L;
        Peer(hash =>
        {
            var chunk = Holding(other[..Math.Min(other.Length, held * ChunkList.ChunkBytes)])(hash);
            Interlocked.Add(ref near, chunk?.Length ?? 0);
            return chunk;
        });
        return () => Interlocked.Read(ref near);
    }

    /// <summary>As an updater fetches: what is not the package is refused.</summary>
    private async Task<byte[]> CheckedAsync(Func<byte[], bool>? isRight = null)
    {
        using var peers = Peers();
        using var handler = new Hub(this);
        using var hub = new HttpModelSource(
            "http://127.0.0.1:1/", "d-1", "secret", new ModelOptions(), handler, TimeProvider.System, NullLogger.Instance);
        var chunks = new ChunkModelSource(hub, new HeldChunks(_slots, null), peers, NullLogger.Instance);
        return await new CheckedFetch(chunks, hub, NullLogger.Instance).FetchAsync(
            Assignment(), _slots.Packages.PartPath(Digest),
            bytes =>
            {
                if (!(isRight?.Invoke(bytes) ?? bytes.SequenceEqual(_package))) throw new ModelRefusal("digest-mismatch", "other bytes");
            },
            default);
    }

    private async Task FetchAsync(PeerChunks? given = null, ModelOptions? options = null, TimeProvider? time = null)
    {
        using var own = given is null ? Peers() : null;
        using var handler = new Hub(this);
        using var hub = new HttpModelSource(
            "http://127.0.0.1:1/", "d-1", "secret", options ?? new ModelOptions(), handler, time ?? TimeProvider.System, NullLogger.Instance);
        var part = _slots.Packages.PartPath(Digest);
        await new ChunkModelSource(hub, new HeldChunks(_slots, null), given ?? own!, NullLogger.Instance).FetchAsync(Assignment(), part, default);
        Assert.Equal(_package, await File.ReadAllBytesAsync(part));
    }

    private ModelAssignment Assignment() =>
        new() { Digest = Digest, Name = "pump", Release = 2, PackageBytes = _package.Length, Url = $"/artefacts/{Digest}" };

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class Hub(ChunkModelSourceTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.PathAndQuery;
            test._asked.Add(path);
            var body = path.EndsWith("/chunks", StringComparison.Ordinal) ? test._list
                : path.EndsWith("/peers", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(string.Join('\n', test._peers))
                : test._package[(int)(request.Headers.Range?.Ranges.Single().From ?? 0)..];
            test._given += body.Length;
            var partial = request.Headers.Range is not null;
            var reply = new HttpResponseMessage(body.Length == 0 ? HttpStatusCode.NotFound
                : partial ? HttpStatusCode.PartialContent : HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
            if (partial)
                reply.Content.Headers.ContentRange = new System.Net.Http.Headers.ContentRangeHeaderValue(
                    test._package.Length - body.Length, test._package.Length - 1, test._package.Length);
            return Task.FromResult(reply);
        }
    }
}
