using System.Net;
using Cloud.Hub.Host;
using Hmas.Contracts.Deltas;

namespace Cloud.Hub.Tests.Redistribution.Registry;

public class PackageDeltaTests
{
    [Fact]
    public async Task A_device_that_has_one_package_gets_the_next_as_a_small_difference()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var (old, next) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
        using var client = hub.Http(HubServices.Redistribution);
        var (before, after) = (await client.GetByteArrayAsync($"/artefacts/{old.Digest}"), await client.GetByteArrayAsync($"/artefacts/{next.Digest}"));
        for (var time = 0; time < 2; time++)
        {
            var delta = await client.GetByteArrayAsync($"/artefacts/{next.Digest}/delta?from={old.Digest}");
            Assert.True(delta.Length < after.Length / 2, $"{delta.Length} of {after.Length} bytes");
            Assert.Equal(after, DeltaCodec.Decode(before, delta, after.Length));
        }
    }

    [Fact]
    public async Task A_delta_from_or_to_something_unknown_is_not_found_and_a_path_is_no_digest()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var known = await RedistributionScene.AddModelAsync(hub, 1);
        using var client = hub.Http(HubServices.Redistribution);
        var unknown = $"sha256:{new string('0', 64)}";
        foreach (var (from, to) in ((string, string)[])[(unknown, known.Digest), (known.Digest, unknown), ("..%2F..%2Foperator.token", known.Digest)])
        {
            using var answer = await client.GetAsync(new Uri($"/artefacts/{to}/delta?from={from}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var nobody = hub.Http(HubServices.Redistribution, token: "");
        using var refused = await nobody.GetAsync(new Uri($"/artefacts/{known.Digest}/delta?from={known.Digest}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }
}
