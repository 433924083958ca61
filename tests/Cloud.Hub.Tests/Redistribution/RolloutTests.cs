using System.Net;
using System.Net.Http.Json;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Redistribution1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Tests.Redistribution;

public class RolloutTests
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

    [Fact]
    public async Task A_good_model_goes_group_by_group_to_the_whole_site()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var (old, next) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
        scene.AddDevices(6, old.Digest);
        var view = await hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(next.Digest), CancellationToken.None);
        Assert.Equal([1, 2, 3], view.Groups.Select(static group => group.Devices.Count));
        for (var group = 0; group < 3; group++)
        {
            await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
            await scene.WorkAsync(hub, view.RolloutId);
            await scene.ReachedAsync(view.RolloutId, GroupState.Passed);
        }

        await scene.ReachedAsync(view.RolloutId, RolloutState.Completed);
        for (var i = 0; i < 6; i++) Assert.Equal(next.Digest, scene.Fleet[$"d{i}"].Reported!.ActiveDigest);
        Assert.Equal(old.Digest, scene.Fleet["x0"].Reported!.ActiveDigest);
        Assert.Equal(6, scene.Fleet.Assignments.Count);
        var (_, assignment) = scene.Fleet.Assignments.First();
        Assert.Equal(
            (next.Digest, next.PackageBytes, view.RolloutId, false),
            (assignment!.Digest, assignment.PackageBytes, assignment.RolloutId, assignment.Restore));
    }

    [Fact]
    public async Task A_bad_model_is_stopped_at_the_canary_taken_back_and_quarantined()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var (old, bad) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
        scene.AddDevices(6, old.Digest);
        var view = await hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(bad.Digest), CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        for (var report = 0; report < 5; report++) await scene.WorkAsync(hub, view.RolloutId, alarms: 90);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restoring);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restored);

        var ended = (await hub.Get<IRollouts>().FindAsync(view.RolloutId, CancellationToken.None))!;
        Assert.Equal("alarm-rate", ended.StoppedBy);
        Assert.Equal(0.9, ended.Groups[0].Evidence!.Metric(GateLimits.AlarmRate)!.Value, 1e-9);
        Assert.True(ended.IsHarmful);
        var canary = Assert.Single(ended.Groups.SelectMany(static group => group.Devices), static device => device.Touched);
        Assert.True(canary.Restored);
        Assert.Equal(old.Digest, scene.Fleet[canary.DeviceId].Reported!.ActiveDigest);
        Assert.Contains(
            scene.Fleet.Assignments, told => told.DeviceId == canary.DeviceId && told.Model is { Restore: true } model && model.Digest == old.Digest);
        var refused =
            await Assert.ThrowsAsync<RolloutRefusedException>(() => hub.Get<IRollouts>()
                .StartAsync(RedistributionScene.Request(bad.Digest), CancellationToken.None));
        Assert.Contains("quarantined", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_a_person_puts_in_quarantine_is_taken_back_from_a_running_rollout_and_never_gone_back_to()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var (old, bad) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
        scene.AddDevices(6, old.Digest);
        var view = await hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(bad.Digest), CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        Assert.True(await hub.Get<IModelQuarantine>().QuarantineAsync(bad.Digest, "misses seal leaks", CancellationToken.None));
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restoring);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restored);
        Assert.Equal("quarantine", (await hub.Get<IRollouts>().FindAsync(view.RolloutId, CancellationToken.None))!.StoppedBy);

        await hub.Get<IModelQuarantine>().QuarantineAsync(old.Digest, "that one too", CancellationToken.None);
        var next = await RedistributionScene.AddModelAsync(hub, 3);
        var fix = await hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(next.Digest), CancellationToken.None);
        Assert.All(fix.Groups.SelectMany(static group => group.Devices), static device => Assert.Null(device.PreviousDigest));
    }

    [Theory]
    [InlineData("""{"windowsPerEpisode":0}""", "gate.windowsPerEpisode")]
    [InlineData("""{"limits":{"luck":0.5}}""", "there is no metric 'luck'")]
    [InlineData("""{"limits":{"alarm-rate":1.5}}""", "gate.limits.alarm-rate")]
    [InlineData("""{"maximumBadLuck":0.1}""", "maximumBadLuck")]
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

    /// <summary>What would go wrong: devices are taken "back" to the model that they answer with anyway, and the new program goes on running.</summary>
    [Fact]
    public async Task An_agent_program_is_taken_back_to_what_the_devices_were_set_up_with_and_their_models_stay()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var model = await RedistributionScene.AddModelAsync(hub, 1);
        scene.AddDevices(3, model.Digest);
        using var program = new MemoryStream([1, 2, 3]);
        var agent = await hub.Get<IArtefactRegistry>().AddAsync(
            new ArtefactUpload(ArtefactKind.Agent, "agent", null, HardwareClass.AnyOnly, "test"), program, CancellationToken.None);
        var rollouts = hub.Get<IRollouts>();
        var view = await rollouts.StartAsync(RedistributionScene.Request(agent.Digest) with { Groups = [new("all")] }, CancellationToken.None);
        Assert.All(view.Groups[0].Devices, static device => Assert.Equal(ModelAssignment.SetUp, device.PreviousDigest));
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        Assert.Equal((model.Digest, agent.Digest), (scene.Fleet["d0"].Reported!.ActiveDigest, scene.Fleet["d0"].Reported!.InstallDigest));

        await rollouts.CommandAsync(view.RolloutId, RolloutCommand.Restore, "op", CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restored);
        foreach (var device in new[] { "d0", "d1", "d2" })
        {
            var back = scene.Fleet[device].Desired!.Model!;
            Assert.Equal((ArtefactKind.Agent, ModelAssignment.SetUp, true), (back.Kind, back.Digest, back.Restore));
            Assert.Equal((model.Digest, null), (scene.Fleet[device].Reported!.ActiveDigest, scene.Fleet[device].Reported!.InstallDigest));
        }

        // And a model's rollout still knows what model each had, whatever its desired state spoke of last.
        var next = await RedistributionScene.AddModelAsync(hub, 2);
        var after = await rollouts.StartAsync(RedistributionScene.Request(next.Digest), CancellationToken.None);
        Assert.All(after.Groups.SelectMany(static group => group.Devices), device => Assert.Equal(model.Digest, device.PreviousDigest));
    }

    [Theory]
    [InlineData("site = nowhere", "no device matches")]
    [InlineData("not site = nowhere", null)]
    public async Task A_query_that_matches_nothing_is_refused_and_one_that_matches_everything_takes_every_device_once(string where, string? refusal)
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var (old, next) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
        scene.AddDevices(12, old.Digest);
        var request = RedistributionScene.Request(next.Digest) with { SiteId = null, Where = where };
        if (refusal is not null)
        {
            var refused = await Assert.ThrowsAsync<RolloutRefusedException>(() => hub.Get<IRollouts>().StartAsync(request, CancellationToken.None));
            Assert.Contains(refusal, refused.Message, StringComparison.Ordinal);
            return;
        }

        var view = await hub.Get<IRollouts>().StartAsync(request, CancellationToken.None);
        var taken = view.Groups.SelectMany(static group => group.Devices).Select(static device => device.DeviceId).ToList();
        Assert.Equal(13, taken.Count);
        Assert.Equal(13, taken.Distinct().Count());
    }

    [Fact]
    public async Task A_second_rollout_for_the_same_device_is_refused_with_its_name()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var next = await RedistributionScene.AddModelAsync(hub, 1);
        var other = await RedistributionScene.AddModelAsync(hub, 2);
        scene.AddDevices(2, null);
        var first = await hub.Get<IRollouts>()
            .StartAsync(RedistributionScene.Request(next.Digest) with { DeviceIds = ["d1"] }, CancellationToken.None);

        using var client = hub.Http(HubServices.Redistribution);
        using var refused = await client.PostAsJsonAsync("/rollouts", RedistributionScene.Request(other.Digest));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains($"d1 ({first.RolloutId})", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var free = await client.PostAsJsonAsync("/rollouts", RedistributionScene.Request(other.Digest) with { DeviceIds = ["d0"] });
        Assert.Equal(HttpStatusCode.OK, free.StatusCode);
    }

    [Theory]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000", "site", "there is no artefact")]
    [InlineData(null, "nowhere", "no device matches")]
    public async Task A_rollout_of_nothing_or_to_nobody_is_refused(string? digest, string site, string said)
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var model = await RedistributionScene.AddModelAsync(hub, 1);
        scene.AddDevices(1, null);
        var request = RedistributionScene.Request(digest ?? model.Digest) with { SiteId = site };
        var refused = await Assert.ThrowsAsync<RolloutRefusedException>(() => hub.Get<IRollouts>().StartAsync(request, CancellationToken.None));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>aws-greengrass-nucleus #1203: a failed deployment to a device that is gone blocks every later one.</summary>
    [Fact]
    public async Task A_device_that_is_gone_holds_up_no_later_rollout_and_finds_its_way_back_when_it_comes()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var (old, bad, next) = (
            await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2),
            await RedistributionScene.AddModelAsync(hub, 3));
        scene.AddDevices(2, old.Digest);
        var rollouts = hub.Get<IRollouts>();
        var first = await rollouts.StartAsync(RedistributionScene.Request(bad.Digest) with { Groups = [new("all")] }, CancellationToken.None);
        await scene.ReachedAsync(first.RolloutId, GroupState.Observing);
        scene.Fleet.Assigned = id =>
        {
            if (id != "d0") scene.Fleet.Obey(id);
        };
        scene.Fleet.SetOnline("d0", false);
        await rollouts.CommandAsync(first.RolloutId, RolloutCommand.Restore, "op", CancellationToken.None);

        // As soon as the way back stands in both twins nobody is held any more.
        var second =
            await UntilAsync(() => rollouts.StartAsync(
                RedistributionScene.Request(next.Digest) with { Groups = [new("all")] }, CancellationToken.None));
        Assert.Equal(2, second.Groups[0].Devices.Count);
        Assert.Equal(old.Digest, second.Groups[0].Devices.Single(static device => device.DeviceId == "d0").PreviousDigest);
        await scene.ReachedAsync(first.RolloutId, RolloutState.Restored);
        var refused =
            await Assert.ThrowsAsync<RolloutRefusedException>(() => rollouts.CommandAsync(
                first.RolloutId, RolloutCommand.Force, "op", CancellationToken.None));
        Assert.Contains("is restored: Force does not fit", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_cannot_be_told_keeps_nobody_else_from_being_told()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var next = await RedistributionScene.AddModelAsync(hub, 1);
        scene.AddDevices(3, null);
        scene.Fleet.Unreachable.Add("d1");
        var view = await hub.Get<IRollouts>()
            .StartAsync(RedistributionScene.Request(next.Digest) with { Groups = [new("all")] }, CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        await hub.Get<IRollouts>().CommandAsync(view.RolloutId, RolloutCommand.Restore, "op", CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restored);
        Assert.Equal(["d0", "d2"], scene.Fleet.Assignments.Select(static told => told.DeviceId).Distinct().Order());
        Assert.Null(scene.Fleet["d0"].Reported!.ActiveDigest);
        Assert.Null(scene.Fleet["d2"].Reported!.ActiveDigest);
    }

    [Fact]
    public async Task Rollouts_are_listed_page_by_page_newest_first()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var next = await RedistributionScene.AddModelAsync(hub, 1);
        scene.AddDevices(3, null);
        var rollouts = hub.Get<IRollouts>();
        var begun = new List<string>();
        foreach (var device in new[] { "d0", "d1", "d2" })
        {
            begun.Insert(0, (await rollouts.StartAsync(RedistributionScene.Request(next.Digest) with { DeviceIds = [device] }, default)).RolloutId);
        }

        Assert.Equal(begun[..2], (await rollouts.PageAsync(null, 2, default)).Select(static view => view.RolloutId));
        Assert.Equal(begun[2..], (await rollouts.PageAsync(begun[1], 2, default)).Select(static view => view.RolloutId));
        Assert.Empty(await rollouts.PageAsync("nobody", 2, default));
    }

    [Fact]
    public async Task Who_asked_is_who_is_signed_in_and_cannot_approve_it()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var next = await RedistributionScene.AddModelAsync(hub, 1);
        scene.AddDevices(2, null);
        using var client = hub.Http(HubServices.Redistribution);
        using var asked = await client.PostAsJsonAsync(
            "/rollouts", RedistributionScene.Request(next.Digest) with { RequestedBy = "somebody-else", NeedsApproval = true },
            RedistributionJson.Options);
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        var view = (await asked.Content.ReadFromJsonAsync<RolloutView>(RedistributionJson.Options))!;
        Assert.Equal(("operator", RolloutState.Scheduled), (view.Request.RequestedBy, view.State));
        using var refused = await client.PostAsync($"/rollouts/{view.RolloutId}/approve", null);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("somebody else must approve it", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(
            "second",
            (await hub.Get<IRollouts>().CommandAsync(view.RolloutId, RolloutCommand.Approve, "second", CancellationToken.None))!.ApprovedBy);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
    }

    [Theory]
    [InlineData("site", "it never opens")]
    [InlineData("elsewhere", "none is for site site")]
    public async Task A_rollout_whose_devices_would_never_be_told_is_refused(string windowSite, string said)
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var next = await RedistributionScene.AddModelAsync(hub, 1);
        scene.AddDevices(2, null);
        var until = windowSite == "site" ? new DateOnly(2000, 1, 1) : (DateOnly?)null;
        var request = RedistributionScene.Request(next.Digest)
            with { Windows = [new MaintenanceWindow(new TimeOnly(1, 0), 60, "Etc/UTC", windowSite, Until: until)] };
        var refused = await Assert.ThrowsAsync<RolloutRefusedException>(() => hub.Get<IRollouts>().StartAsync(request, CancellationToken.None));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_that_begins_in_a_year_keeps_its_devices_from_nobody()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var (later, now) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
        scene.AddDevices(2, null);
        var rollouts = hub.Get<IRollouts>();
        var scheduled = await rollouts.StartAsync(
            RedistributionScene.Request(later.Digest) with { NotBefore = DateTimeOffset.UnixEpoch.AddYears(200) }, CancellationToken.None);
        Assert.Equal(RolloutState.Scheduled, scheduled.State);
        var running = await rollouts.StartAsync(RedistributionScene.Request(now.Digest), CancellationToken.None);
        Assert.Equal(RolloutState.Running, running.State);
        Assert.Equal(
            RolloutState.Cancelled, (await rollouts.CommandAsync(scheduled.RolloutId, RolloutCommand.Cancel, "op", CancellationToken.None))!.State);
    }

    [Fact]
    public async Task What_devices_said_while_the_hub_was_down_is_counted_and_counted_once()
    {
        await using var scene = new RedistributionScene();
        RolloutView before;
        await using (var hub = await scene.StartAsync())
        {
            var (old, next) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
            scene.AddDevices(6, old.Digest);
            scene.Facts.Add(
                "site", "d0",
                new ModelEvidence { Digest = next.Digest, BootId = "b", RunId = "earlier", FromUs = 0, ToUs = 1, Windows = 1_000,
                    AlarmWindows = 1_000 });
            var request = RedistributionScene.Request(next.Digest);
            var id = (await hub.Get<IRollouts>()
                .StartAsync(request with { Gate = request.Gate with { MinimumWindows = 200 } }, CancellationToken.None)).RolloutId;
            await scene.ReachedAsync(id, GroupState.Observing);
            await scene.WorkAsync(hub, id);
            before = (await hub.Get<IRollouts>().FindAsync(id, CancellationToken.None))!;
            await hub.CrashAsync();
        }

        scene.Work(before);
        await using var again = await scene.StartAsync();
        await scene.ReachedAsync(before.RolloutId, GroupState.Passed);
        var canary = (await again.Get<IRollouts>().FindAsync(before.RolloutId, CancellationToken.None))!.Transitions.Last(static move =>
            move.To == GroupState.Passed);
        var alarms = canary.Evidence!.Metric(GateLimits.AlarmRate)!;
        Assert.Equal((200, 0.05, 0.05), (canary.Evidence.Windows, Math.Round(alarms.Value, 9), Math.Round(alarms.Reference!.Value, 9)));
    }

    [Fact]
    public async Task A_crashed_hub_goes_on_exactly_where_it_was()
    {
        await using var scene = new RedistributionScene();
        string rolloutId;
        RolloutView before;
        await using (var hub = await scene.StartAsync())
        {
            var (old, next) = (await RedistributionScene.AddModelAsync(hub, 1), await RedistributionScene.AddModelAsync(hub, 2));
            scene.AddDevices(6, old.Digest);
            rolloutId = (await hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(next.Digest), CancellationToken.None)).RolloutId;
            await scene.ReachedAsync(rolloutId, GroupState.Observing);
            await scene.WorkAsync(hub, rolloutId);
            await scene.ReachedAsync(rolloutId, GroupState.Passed);
            await scene.ReachedAsync(rolloutId, GroupState.Observing);
            before = (await hub.Get<IRollouts>().FindAsync(rolloutId, CancellationToken.None))!;
            await hub.CrashAsync();
        }

        await using var again = await scene.StartAsync();
        var after = (await again.Get<IRollouts>().FindAsync(rolloutId, CancellationToken.None))!;
        Assert.Equal(before.Transitions, after.Transitions);
        Assert.Equal(before.Groups.Select(static group => group.State), after.Groups.Select(static group => group.State));
        await scene.WorkAsync(again, rolloutId);
        await scene.ReachedAsync(rolloutId, GroupState.Observing);
        await scene.WorkAsync(again, rolloutId);
        await scene.ReachedAsync(rolloutId, RolloutState.Completed);
        Assert.Equal(6, scene.Fleet.Assignments.Select(static told => told.DeviceId).Distinct().Count());
    }

    /// <summary>Tries until it is not refused any more.</summary>
    private static async Task<RolloutView> UntilAsync(Func<Task<RolloutView>> start)
    {
        using var patience = new CancellationTokenSource(RedistributionScene.Patience, TimeProvider.System);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (true)
        {
            try
            {
                return await start();
            }
            catch (RolloutRefusedException) when (!patience.IsCancellationRequested)
            {
                await looks.WaitForNextTickAsync(patience.Token);
            }
        }
    }
}
