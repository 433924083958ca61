using System.Net;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Registry;
using Hmas.Contracts.Chunks;

namespace Cloud.Hub.Tests.Redistribution.Registry;

public sealed class PackageChunkTests
{
    [Fact]
    public async Task A_package_is_its_chunks_and_any_cache_may_keep_them()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var model = await RedistributionScene.AddModelAsync(hub, 1);
        using var client = hub.Http(HubServices.Redistribution);
        var package = await client.GetByteArrayAsync($"/artefacts/{model.Digest}");
        var chunks = ChunkList.Read(await client.GetByteArrayAsync($"/artefacts/{model.Digest}/chunks"), package.Length);
        var joined = new List<byte>();
        foreach (var chunk in chunks)
        {
            using var reply = await client.GetAsync(new Uri($"/chunks/{chunk.Hash}", UriKind.Relative));
            Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", reply.Headers.GetValues("Cache-Control")));
            Assert.Equal($"\"{chunk.Hash}\"", reply.Headers.ETag!.Tag);
            joined.AddRange(await reply.Content.ReadAsByteArrayAsync());
        }

        Assert.Equal(package, joined);
        foreach (var path in (string[])[$"/chunks/{new string('a', 64)}", "/chunks/..", $"/chunks/{chunks[0].Hash.ToUpperInvariant()}",
            $"/artefacts/sha256:{new string('a', 64)}/chunks"])
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        using var nobody = hub.Http(HubServices.Redistribution, token: "");
        foreach (var path in (string[])[$"/chunks/{chunks[0].Hash}", $"/artefacts/{model.Digest}/chunks", $"/artefacts/{model.Digest}/peers"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task A_hub_that_starts_again_knows_its_chunks_and_cuts_anew_what_is_damaged_and_forgets_what_is_gone()
    {
        await using var scene = new RedistributionScene();
        string digest, hash, list;
        await using (var hub = await scene.StartAsync())
        {
            digest = (await RedistributionScene.AddModelAsync(hub, 1)).Digest;
            list = (await hub.Get<PackageChunks>().ListAsync(digest, default))!;
            hash = ChunkList.Read(await File.ReadAllBytesAsync(list), new FileInfo(hub.Get<ArtefactFolder>().PathOf(digest)).Length)[0].Hash;
        }

        await using (var hub = await scene.StartAsync()) Assert.NotNull(await hub.Get<PackageChunks>().FindAsync(hash, default));
        await File.WriteAllTextAsync(list, "no list");
        await using (var hub = await scene.StartAsync())
        {
            var chunks = hub.Get<PackageChunks>();
            Assert.Null(await chunks.FindAsync(hash, default));
            await chunks.ListAsync(digest, default);
            Assert.NotNull(await chunks.FindAsync(hash, default));
            chunks.Trim(static _ => false);
            Assert.Null(await chunks.FindAsync(hash, default));
            Assert.False(File.Exists(list));
        }
    }

    [Fact]
    public async Task A_device_is_told_those_of_its_site_that_are_online_have_the_package_and_say_where()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var (digest, other) = ($"sha256:{new string('a', 64)}", $"sha256:{new string('b', 64)}");
        foreach (var (id, active, previous, chunks, online, site) in ((string, string, string?, string?, bool, string)[])[
            ("asks", digest, null, "http://10.0.0.1:8390/", true, "site"), ("has", digest, null, "http://10.0.0.2:8390/", true, "site"),
            ("had", other, digest, "http://[fd00::3]:8390/", true, "site"), ("silent", digest, null, null, true, "site"),
            ("away", digest, null, "http://10.0.0.4:8390/", false, "site"), ("elsewhere", digest, null, "http://10.0.0.5:8390/", true, "site-2"),
            ("lacks", other, null, "http://10.0.0.6:8390/", true, "site"), ("names", digest, null, "http://metadata.cloud/", true, "site"),
            ("paths", digest, null, "http://10.0.0.7/admin/", true, "site"), ("others", digest, null, "ftp://10.0.0.8/", true, "site")])
        {
            scene.Fleet.Add(id, active, online, site);
            scene.Fleet.Report(id, reported => reported with { Chunks = chunks, PreviousDigest = previous });
        }

        var peers = hub.Get<ChunkPeers>();
        Assert.Equal(
            ["http://10.0.0.2:8390/", "http://[fd00::3]:8390/"],
            (await peers.OfAsync("asks", digest, default)).Order(StringComparer.Ordinal));
        Assert.Empty(await peers.OfAsync("nobody", digest, default));
        Assert.Empty(await peers.OfAsync("asks", $"sha256:{new string('c', 64)}", default));
    }
}
