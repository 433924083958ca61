using System.Net;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Redistribution1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>Requests that are refused, each by what is wrong with it, and who is left out.</summary>
public class RolloutRefusalTests
{
    [Fact]
    public async Task A_model_measured_on_some_hardware_goes_to_devices_of_that_hardware_only()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var onnx = Models.Onnx("measured");
        var model = await hub.Get<IModelRegistry>()
            .AddAsync(Models.Manifest("pump", 9, onnx) with { HardwareClasses = ["rpi4"] }, onnx, "test", CancellationToken.None);
        scene.AddDevices(4, null);
        // One that names no class is a generic one.
        foreach (var (device, hardware) in new[] { ("d0", "rpi4"), ("d1", "rpi4"), ("d2", "rpi5") }) scene.Fleet.Report(
            device, reported => reported with { Hardware = hardware });
        var rollouts = hub.Get<IRollouts>();

        var refused =
            await Assert.ThrowsAsync<RolloutRefusedException>(() => rollouts.StartAsync(
                RedistributionScene.Request(model.Digest) with { DeviceIds = ["d0", "d2"] }, CancellationToken.None));
        Assert.Contains("is made for rpi4; d2: other hardware", refused.Message, StringComparison.Ordinal);
        refused =
            await Assert.ThrowsAsync<RolloutRefusedException>(() => rollouts.StartAsync(
                RedistributionScene.Request(model.Digest) with { SiteId = "elsewhere" }, CancellationToken.None));
        Assert.Contains("x0: other hardware", refused.Message, StringComparison.Ordinal);

        var started = await rollouts.StartAsync(RedistributionScene.Request(model.Digest), CancellationToken.None);
        Assert.Equal(["d0", "d1"], started.Groups.SelectMany(group => group.Devices).Select(device => device.DeviceId).Order());
    }

    [Theory]
    [InlineData("""{"windowsPerEpisode":0}""", "gate.windowsPerEpisode")]
    [InlineData("""{"limits":{"luck":0.5}}""", "there is no metric 'luck'")]
    [InlineData("""{"limits":{"alarm-rate":1.5}}""", "gate.limits.alarm-rate")]
    [InlineData("""{"maximumBadLuck":0.1}""", "maximumBadLuck")]
    [InlineData("\"lucky\"", "there is no gate 'lucky'; there are default, strict")]
    public async Task A_gate_that_is_not_sound_is_refused_by_name_at_the_services_own_doors_too(string gate, string said)
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var body = $$"""{"digest":"sha256:1","requestedBy":"me","reason":"better","gate":{{gate}}}""";
        using var client = hub.Http(HubServices.Redistribution);
        using var refused = await client.PostAsync("/rollouts", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(said, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var channel = hub.Grpc(HubServices.Redistribution);
        var rollouts = new Redistribution1.Rollouts.RolloutsClient(channel);
        var error =
            await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () =>
                await rollouts.StartAsync(new() { Request = Google.Protobuf.ByteString.CopyFromUtf8(body) }));
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(said, error.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("site = nowhere", "no device matches")]
    [InlineData("not site = nowhere", null)]
    public async Task A_query_that_matches_nothing_is_refused_and_one_that_matches_everything_takes_every_device_once(string where, string? refusal)
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 12, releases: 2);
        var (old, next) = (scene.Releases[0], scene.Releases[1]);
        var request = RedistributionScene.Request(next.Digest) with { SiteId = null, Where = where };
        if (refusal is not null)
        {
            var refused = await Assert.ThrowsAsync<RolloutRefusedException>(() => scene.Rollouts.StartAsync(request, CancellationToken.None));
            Assert.Contains(refusal, refused.Message, StringComparison.Ordinal);
            return;
        }

        var view = await scene.Rollouts.StartAsync(request, CancellationToken.None);
        var taken = view.Groups.SelectMany(static group => group.Devices).Select(static device => device.DeviceId).ToList();
        Assert.Equal(13, taken.Count);
        Assert.Equal(13, taken.Distinct().Count());
    }

    [Theory]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000", "site", "there is no artefact")]
    [InlineData(null, "nowhere", "no device matches")]
    public async Task A_rollout_of_nothing_or_to_nobody_is_refused(string? digest, string site, string said)
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 1, releases: 1, answering: false);
        var model = scene.Releases[0];
        var request = RedistributionScene.Request(digest ?? model.Digest) with { SiteId = site };
        var refused = await Assert.ThrowsAsync<RolloutRefusedException>(() => scene.Rollouts.StartAsync(request, CancellationToken.None));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("site", "it never opens")]
    [InlineData("elsewhere", "none is for site site")]
    public async Task A_rollout_whose_devices_would_never_be_told_is_refused(string windowSite, string said)
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 2, releases: 1, answering: false);
        var next = scene.Releases[0];
        var until = windowSite == "site" ? new DateOnly(2000, 1, 1) : (DateOnly?)null;
        var request = RedistributionScene.Request(next.Digest)
            with { Windows = [new MaintenanceWindow(new TimeOnly(1, 0), 60, "Etc/UTC", windowSite, Until: until)] };
        var refused = await Assert.ThrowsAsync<RolloutRefusedException>(() => scene.Rollouts.StartAsync(request, CancellationToken.None));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }
}
