using System.Net;
using System.Net.Http.Headers;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Chunks;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Redistribution.Registry;

/// <summary>A hub with TLS, and before it Debian's nginx with the settings file that <c>deploy/edge</c> gives to sites.</summary>
public sealed class SiteCacheTests : IAsyncLifetime, IDisposable
{
    private readonly RedistributionScene _scene = new();
    private readonly TestAuthority _authority = new();
    private readonly byte[] _file = new byte[(5 * ChunkList.ChunkBytes) + 1_000];
    private HubFixture _hub = null!;
    private SiteCache _cache = null!;
    private HttpClient _chunks = null!;
    private HttpClient _whole = null!;
    private string _digest = null!;

    public async Task InitializeAsync()
    {
        new Random(3).NextBytes(_file);
        var (certificate, key) = _authority.Issue("hub.example");
        _hub = await _scene.StartAsync(
            settings: new Dictionary<string, string?> { ["Tls:CertificateFile"] = certificate, ["Tls:KeyFile"] = key });
        var upload = new ArtefactUpload(ArtefactKind.Agent, "agent", null, ["generic"], "test");
        _digest = (await _hub.Get<IArtefactRegistry>().AddAsync(upload, new MemoryStream(_file), default)).Digest;
        var address = new UriBuilder(_hub.Address(HubServices.Redistribution)) { Scheme = "https" }.Uri;
        _cache = await SiteCache.StartAsync(address, await TokenAsync(), _authority);
        _chunks = new HttpClient { BaseAddress = _cache.Chunks };
        _whole = Client(_cache.Whole, _hub.OperatorToken);
    }

    public async Task DisposeAsync()
    {
        await _cache.DisposeAsync();
        await _hub.DisposeAsync();
        await _scene.DisposeAsync();
    }

    public void Dispose()
    {
        _chunks.Dispose();
        _whole.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task What_one_device_took_the_others_get_without_the_hub()
    {
        var list = ChunkList.Read(await _whole.GetByteArrayAsync($"/artefacts/{_digest}/chunks"), _file.Length);
        Assert.Equal(_file, await JoinedAsync(list));
        Assert.Equal(_file, await _whole.GetByteArrayAsync($"/artefacts/{_digest}"));
        // Not one request of a second device can reach it.
        await _hub.CrashAsync();
        Assert.Equal(_file, await JoinedAsync(ChunkList.Read(await _whole.GetByteArrayAsync($"/artefacts/{_digest}/chunks"), _file.Length)));
        Assert.Equal(_file, await _whole.GetByteArrayAsync($"/artefacts/{_digest}"));
        string[] paths = [$"/artefacts/{_digest}/chunks", .. list.Select(static chunk => $"/chunks/{chunk.Hash}"), $"/artefacts/{_digest}"];
        Assert.Equal(
            [.. paths.Select(static path => $"GET {path} 200 MISS"), .. paths.Select(static path => $"GET {path} 200 HIT")], _cache.Requests);
    }

    [Fact]
    public async Task A_download_that_broke_off_goes_on_through_the_cache_and_the_whole_file_crosses_to_the_hub_once()
    {
        var path = $"/artefacts/{_digest}";
        for (var round = 0; round < 2; round++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Range = new RangeHeaderValue(100_000, null);
            request.Headers.IfRange = new RangeConditionHeaderValue($"\"{_digest}\"");
            using var reply = await _whole.SendAsync(request);
            Assert.Equal((HttpStatusCode.PartialContent, 100_000), (reply.StatusCode, reply.Content.Headers.ContentRange?.From));
            Assert.Equal(_file[100_000..], await reply.Content.ReadAsByteArrayAsync());
            Assert.Equal(("public, max-age=31536000, immutable", $"\"{_digest}\""), (CacheControl(reply), reply.Headers.ETag!.Tag));
        }

        Assert.Equal([$"GET {path} 206 MISS", $"GET {path} 206 HIT"], _cache.Requests);
    }

    [Fact]
    public async Task Devices_that_all_ask_at_once_are_one_request_at_the_hub()
    {
        var hash = ChunkList.HashOf(_file.AsSpan(0, ChunkList.ChunkBytes));
        await _whole.GetByteArrayAsync($"/artefacts/{_digest}/chunks");
        var given = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _chunks.GetByteArrayAsync($"/chunks/{hash}")));
        Assert.All(given, bytes => Assert.Equal(hash, ChunkList.HashOf(bytes)));
        Assert.Single(_cache.Requests, line => line == $"GET /chunks/{hash} 200 MISS");
        Assert.Equal(19, _cache.Requests.Count(line => line == $"GET /chunks/{hash} 200 HIT"));
    }

    [Fact]
    public async Task Nothing_is_kept_that_is_for_one_device_or_may_change()
    {
        string[] paths = [
            "/keys", $"/artefacts/{_digest}/peers", $"/artefacts/{_digest}/delta?from={_digest}", $"/artefacts/sha256:{new string('a', 64)}",
            $"/chunks/{new string('a', 64)}", "/tuf/images/metadata/timestamp.json", "/tuf/director/d0/timestamp.json", "/rollouts", "/models"];
        using var direct = Client(new UriBuilder(_hub.Address(HubServices.Redistribution)) { Scheme = "https" }.Uri, _hub.OperatorToken);
        foreach (var path in paths)
        {
            using var reply = await _whole.GetAsync(new Uri(path, UriKind.Relative));
            using var again = await _whole.GetAsync(new Uri(path, UriKind.Relative));
            using var own = await direct.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal((path, "no-store"), (path, CacheControl(reply)));
            Assert.Equal((path, own.StatusCode), (path, again.StatusCode));
        }

        Assert.DoesNotContain(_cache.Requests, static line => line.EndsWith("HIT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_caches_token_reads_artefacts_and_nothing_else_and_the_port_for_chunks_gives_nothing_but_chunks()
    {
        using var cache = Client(new UriBuilder(_hub.Address(HubServices.Redistribution)) { Scheme = "https" }.Uri, await TokenAsync());
        foreach (var (path, status) in ((string, HttpStatusCode)[])[
            ($"/artefacts/{_digest}", HttpStatusCode.OK), ($"/artefacts/{_digest}/chunks", HttpStatusCode.OK), ("/keys", HttpStatusCode.Forbidden),
            ($"/artefacts/{_digest}/peers", HttpStatusCode.Forbidden), ($"/artefacts/{_digest}/delta?from={_digest}", HttpStatusCode.Forbidden),
            ("/tuf/images/metadata/timestamp.json", HttpStatusCode.Forbidden), ("/tuf/director/d0/timestamp.json", HttpStatusCode.Forbidden),
            ("/site/controller/v1/d0", HttpStatusCode.Forbidden), ("/models", HttpStatusCode.Forbidden), ("/rollouts", HttpStatusCode.Forbidden)])
        {
            using var own = await cache.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal((path, status), (path, own.StatusCode));
            using var near = await _chunks.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal((path, HttpStatusCode.NotFound), (path, near.StatusCode));
        }

        // Who has no credentials of his own gets what the site has asked for, and makes the hub give nothing.
        using var nobody = Client(_cache.Whole, "");
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(new Uri($"/artefacts/{_digest}", UriKind.Relative))).StatusCode);
        using var post = await _chunks.PostAsync(new Uri($"/chunks/{new string('a', 64)}", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Forbidden, post.StatusCode);
    }

    private async Task<byte[]> JoinedAsync(IEnumerable<Chunk> list)
    {
        var joined = new List<byte>();
        foreach (var chunk in list) joined.AddRange(await _chunks.GetByteArrayAsync($"/chunks/{chunk.Hash}"));
        return [.. joined];
    }

    private async Task<string> TokenAsync() => (await File.ReadAllTextAsync(Path.Combine(_hub.Folder, "cache.token"))).Trim();

    private static string CacheControl(HttpResponseMessage reply) => string.Join(", ", reply.Headers.GetValues("Cache-Control"));

    private static HttpClient Client(Uri address, string token)
    {
        // The certificates are the authority's, which no machine knows.
        var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) =>
            shown?.Issuer == "CN=test authority" }) { BaseAddress = address };
        if (token.Length > 0) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
