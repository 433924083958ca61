using System.Net;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution;
using Cloud.Hub.Redistribution.Registry;
using Hmas.Contracts.Deltas;
using Hmas.Contracts.Twins;
using Microsoft.Extensions.Options;

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
        var (before, after) = (
            await client.GetByteArrayAsync($"/artefacts/{old.Digest}"), await client.GetByteArrayAsync($"/artefacts/{next.Digest}"));
        for (var time = 0; time < 2; time++)
        {
            var delta = await client.GetByteArrayAsync($"/artefacts/{next.Digest}/delta?from={old.Digest}");
            Assert.True(delta.Length < after.Length / 2, $"{delta.Length} of {after.Length} bytes");
            Assert.Equal(after, DeltaCodec.Decode(before, delta, after.Length));
        }
    }

    [Fact]
    public async Task A_device_gets_the_difference_from_what_it_said_it_has_to_what_it_is_told_and_no_other()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var (old, next, other) = (
            await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2),
            await RedistributionScene.AddModelAsync(hub, 3));
        var access = hub.Get<DeltaAccess>();
        scene.Fleet.Assigned = null;
        scene.Fleet.Add("d0", old.Digest);
        await scene.Fleet.SetModelAsync(
            "d0", new ModelAssignment { Digest = next.Digest, Name = "pump", Release = 2, PackageBytes = 1, Url = "/" }, default);
        Assert.True(await access.MayAsync("d0", old.Digest, next.Digest, default));
        Assert.False(await access.MayAsync("d0", other.Digest, next.Digest, default));
        Assert.False(await access.MayAsync("d0", old.Digest, other.Digest, default));
        Assert.False(await access.MayAsync("nobody", old.Digest, next.Digest, default));
    }

    [Fact]
    public async Task Differences_stay_within_their_bytes_and_those_used_longest_ago_go()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var models = new List<Cloud.Hub.Redistribution.Contract.ModelEntry>();
        for (var release = 1; release <= 8; release++) models.Add(await RedistributionScene.AddModelAsync(hub, release));
        var deltas = hub.Get<PackageDeltas>();
        var bound = 2 * new FileInfo((await deltas.PathAsync(models[0].Digest, models[1].Digest, default))!).Length;
        hub.Get<IOptions<RedistributionOptions>>().Value.MaxDeltaBytes = bound;
        foreach (var to in models.Skip(2)) await deltas.PathAsync(models[0].Digest, to.Digest, default);
        var files = new DirectoryInfo(hub.Get<ArtefactFolder>().Deltas).GetFiles();
        Assert.InRange(files.Sum(static file => file.Length), 1, bound);
        Assert.Contains(files, file => file.Name.Contains(models[^1].Digest[7..], StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => file.Name.Contains(models[1].Digest[7..], StringComparison.Ordinal));
        deltas.Trim(digest => digest != models[^1].Digest);
        Assert.DoesNotContain(
            new DirectoryInfo(hub.Get<ArtefactFolder>().Deltas).GetFiles(),
            file => file.Name.Contains(models[^1].Digest[7..], StringComparison.Ordinal));
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
