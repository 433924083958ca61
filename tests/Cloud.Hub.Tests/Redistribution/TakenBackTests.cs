using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>What a rollout brought is taken back: by its gate, by a person, from devices that are away.</summary>
public class TakenBackTests
{
    [Fact]
    public async Task A_bad_model_is_stopped_at_the_canary_taken_back_and_quarantined()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 6, releases: 2);
        var (old, bad) = (scene.Releases[0], scene.Releases[1]);
        var view = await scene.Rollouts.StartAsync(RedistributionScene.Request(bad.Digest), CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        for (var report = 0; report < 5; report++) await scene.WorkAsync(scene.Hub, view.RolloutId, alarms: 90);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restoring);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restored);

        var ended = (await scene.Rollouts.FindAsync(view.RolloutId, CancellationToken.None))!;
        Assert.Equal("alarm-rate", ended.StoppedBy);
        Assert.Equal(0.9, ended.Groups[0].Evidence!.Metric(GateLimits.AlarmRate)!.Value, 1e-9);
        Assert.True(ended.IsHarmful);
        var canary = Assert.Single(ended.Groups.SelectMany(static group => group.Devices), static device => device.Touched);
        Assert.True(canary.Restored);
        Assert.Equal(old.Digest, scene.Fleet[canary.DeviceId].Reported!.ActiveDigest);
        Assert.Contains(
            scene.Fleet.Assignments, told => told.DeviceId == canary.DeviceId && told.Model is { Restore: true } model && model.Digest == old.Digest);
        var refused =
            await Assert.ThrowsAsync<RolloutRefusedException>(() => scene.Rollouts
                .StartAsync(RedistributionScene.Request(bad.Digest), CancellationToken.None));
        Assert.Contains("quarantined", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Nobody had a model, so nobody can be compared with. Its manifest says what its threshold leaves above: one healthy window in
    /// a hundred.</summary>
    [Fact]
    public async Task A_first_model_that_alarms_nearly_everywhere_is_stopped_at_the_canary()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 6, releases: 1, answering: false);
        var request = RedistributionScene.Request(scene.Releases[0].Digest) with { Groups = [new("canary", Count: 2), new("full")] };
        var view = await scene.Rollouts.StartAsync(request, CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        for (var report = 0; report < 5; report++) await scene.WorkAsync(scene.Hub, view.RolloutId, alarms: 75);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restored);
        var ended = (await scene.Rollouts.FindAsync(view.RolloutId, CancellationToken.None))!;
        Assert.Equal(("promised-alarms", true), (ended.StoppedBy, ended.IsHarmful));
        Assert.Equal(0.01, ended.Groups[0].Evidence!.Metric(GateLimits.PromisedAlarms)!.Reference!.Value, 1e-9);
        Assert.Equal(2, ended.Groups.SelectMany(static group => group.Devices).Count(static device => device.Touched));
        Assert.All(scene.Fleet.Assignments, told => Assert.Contains(told.DeviceId, ended.Groups[0].Devices.Select(static device => device.DeviceId)));
    }

    [Fact]
    public async Task A_model_that_a_person_puts_in_quarantine_is_taken_back_from_a_running_rollout_and_never_gone_back_to()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 6, releases: 2);
        var (old, bad) = (scene.Releases[0], scene.Releases[1]);
        var view = await scene.Rollouts.StartAsync(RedistributionScene.Request(bad.Digest), CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        Assert.True(await scene.Hub.Get<IModelQuarantine>().QuarantineAsync(bad.Digest, "misses seal leaks", CancellationToken.None));
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restoring);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restored);
        Assert.Equal("quarantine", (await scene.Rollouts.FindAsync(view.RolloutId, CancellationToken.None))!.StoppedBy);

        await scene.Hub.Get<IModelQuarantine>().QuarantineAsync(old.Digest, "that one too", CancellationToken.None);
        var next = await RedistributionScene.AddModelAsync(scene.Hub, 3);
        var fix = await scene.Rollouts.StartAsync(RedistributionScene.Request(next.Digest), CancellationToken.None);
        Assert.All(fix.Groups.SelectMany(static group => group.Devices), static device => Assert.Null(device.PreviousDigest));
    }

    /// <summary>What would go wrong: devices are taken "back" to the model that they answer with anyway, and the new program goes on running.</summary>
    [Fact]
    public async Task An_agent_program_is_taken_back_to_what_the_devices_were_set_up_with_and_their_models_stay()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 3, releases: 1);
        var model = scene.Releases[0];
        using var program = new MemoryStream([1, 2, 3]);
        var agent = await scene.Hub.Get<IArtefactRegistry>().AddAsync(
            new ArtefactUpload(ArtefactKind.Agent, "agent", null, HardwareClass.AnyOnly, "test"), program, CancellationToken.None);
        var view = await scene.Rollouts.StartAsync(RedistributionScene.Request(agent.Digest) with { Groups = [new("all")] }, CancellationToken.None);
        Assert.All(view.Groups[0].Devices, static device => Assert.Equal(ModelAssignment.SetUp, device.PreviousDigest));
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        Assert.Equal((model.Digest, agent.Digest), (scene.Fleet["d0"].Reported!.ActiveDigest, scene.Fleet["d0"].Reported!.InstallDigest));

        await scene.Rollouts.CommandAsync(view.RolloutId, RolloutCommand.Restore, "op", CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restored);
        foreach (var device in new[] { "d0", "d1", "d2" })
        {
            var back = scene.Fleet[device].Desired!.Model!;
            Assert.Equal((ArtefactKind.Agent, ModelAssignment.SetUp, true), (back.Kind, back.Digest, back.Restore));
            Assert.Equal((model.Digest, null), (scene.Fleet[device].Reported!.ActiveDigest, scene.Fleet[device].Reported!.InstallDigest));
        }

        // And a model's rollout still knows what model each had, whatever its desired state spoke of last.
        var next = await RedistributionScene.AddModelAsync(scene.Hub, 2);
        var after = await scene.Rollouts.StartAsync(RedistributionScene.Request(next.Digest), CancellationToken.None);
        Assert.All(after.Groups.SelectMany(static group => group.Devices), device => Assert.Equal(model.Digest, device.PreviousDigest));
    }

    /// <summary>aws-greengrass-nucleus #1203: a failed deployment to a device that is gone blocks every later one.</summary>
    [Fact]
    public async Task A_device_that_is_gone_holds_up_no_later_rollout_and_finds_its_way_back_when_it_comes()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 2, releases: 3);
        var (old, bad, next) = (scene.Releases[0], scene.Releases[1], scene.Releases[2]);
        var first = await scene.Rollouts.StartAsync(RedistributionScene.Request(bad.Digest) with { Groups = [new("all")] }, CancellationToken.None);
        await scene.ReachedAsync(first.RolloutId, GroupState.Observing);
        scene.Fleet.Assigned = id =>
        {
            if (id != "d0") scene.Fleet.Obey(id);
        };
        scene.Fleet.SetOnline("d0", false);
        await scene.Rollouts.CommandAsync(first.RolloutId, RolloutCommand.Restore, "op", CancellationToken.None);

        // As soon as the way back stands in both twins nobody is held any more.
        var second = await scene.Rollouts.StartAsync(
            RedistributionScene.Request(next.Digest) with { Groups = [new("all")] }, CancellationToken.None);
        Assert.Equal(2, second.Groups[0].Devices.Count);
        await scene.ShownAsync(second.RolloutId, view => view.Groups[0].Devices.All(device =>
            device.PreviousDigest == old.Digest && scene.Fleet[device.DeviceId].Desired!.Model!.Digest == next.Digest));
        await scene.ShownAsync(first.RolloutId, static view => view.State == RolloutState.Restored);
        var refused =
            await Assert.ThrowsAsync<RolloutRefusedException>(() => scene.Rollouts.CommandAsync(
                first.RolloutId, RolloutCommand.Force, "op", CancellationToken.None));
        Assert.Contains("is restored: Force does not fit", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_cannot_be_told_keeps_nobody_else_from_being_told()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 3, releases: 1, answering: false);
        var next = scene.Releases[0];
        scene.Fleet.Unreachable.Add("d1");
        var view = await scene.Rollouts
            .StartAsync(RedistributionScene.Request(next.Digest) with { Groups = [new("all")] }, CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        await scene.Rollouts.CommandAsync(view.RolloutId, RolloutCommand.Restore, "op", CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, RolloutState.Restored);
        Assert.Equal(["d0", "d2"], scene.Fleet.Assignments.Select(static told => told.DeviceId).Distinct().Order());
        Assert.Null(scene.Fleet["d0"].Reported!.ActiveDigest);
        Assert.Null(scene.Fleet["d2"].Reported!.ActiveDigest);
    }
}
