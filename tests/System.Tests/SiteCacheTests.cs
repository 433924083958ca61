using Hmas.Contracts.Chunks;
using Hmas.Testing;

namespace Hmas.System.Tests;

/// <summary>Published agents that fetch a model through Debian's nginx, which stands before the published hub as <c>deploy/edge</c> has it.</summary>
public sealed class SiteCacheTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task The_second_device_needs_no_byte_of_the_hub_and_what_the_cache_spoils_is_fetched_from_it()
    {
        await using var site = await PlayingSite.StartAsync(devices: 3);
        var token = (await File.ReadAllTextAsync(Path.Combine(site.Site.HubFolder, "cache.token"))).Trim();
        await using var cache = await SiteCache.StartAsync(site.Site.Artefacts, token, _authority);
        await site.PlayAsync(() => $"peers:\n  sources: [{cache.Chunks}]");
        var digest = await site.AddModelAsync();

        string[] before = [];
        foreach (var (device, word) in site.Devices.Zip(["MISS", "HIT"]))
        {
            await site.CompletedAsync(await site.BeginAsync(digest, [device.Id], new { name = "all" }));
            var (near, _, all) = (await PlayingSite.NearAsync(device))!.Value;
            Assert.Equal(all, near);
            var requests = cache.Requests.Skip(before.Length).ToArray();
            Assert.Equal((all + ChunkList.ChunkBytes - 1) / ChunkList.ChunkBytes, requests.Length);
            Assert.All(requests, line => Assert.EndsWith($" 200 {word}", line, StringComparison.Ordinal));
            before = [.. cache.Requests];
        }

        // The third chunk is spoilt: the two before it come from the cache, it and all behind it from the hub.
        cache.Tamper(before[2].Split(' ')[1]);
        var third = site.Devices[2];
        await site.CompletedAsync(await site.BeginAsync(digest, [third.Id], new { name = "all" }));
        Assert.Equal(2 * ChunkList.ChunkBytes, (await PlayingSite.NearAsync(third))!.Value.Near);
        Assert.Contains("is left alone: it gave other bytes", await PlayingSite.LogOfAsync(third), StringComparison.Ordinal);
        Assert.Equal(before.Length + 3, cache.Requests.Count);
        Assert.Equal(
            await File.ReadAllBytesAsync(PlayingSite.PathOf(site.Devices[0], digest, "hmas")),
            await File.ReadAllBytesAsync(PlayingSite.PathOf(third, digest, "hmas")));
    }

    public void Dispose() => _authority.Dispose();
}
