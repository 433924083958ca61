using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using FsCheck.Xunit;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public class RolloutProperties
{
    [Property(MaxTest = 300)]
    public void Whatever_happens_every_changed_device_is_back_once_a_rollout_is_restored_and_no_group_begins_before_the_last_has_passed(int seed)
    {
        var random = new Random(seed);
        var scene = new RolloutScene(
            random.Next(1, 13), RolloutScene.Gate(50), offline: random.Next(0, 4), previous: random.Next(3) == 0 ? null : RolloutScene.Old);
        var devices = scene.Rollout.Devices.Select(static device => device.DeviceId).ToList();
        for (var step = 0; step < 120 && !scene.Rollout.HasEnded; step++)
        {
            Disturb(scene, devices[random.Next(devices.Count)], random);
            scene.Look();
            Assert.All(scene.Rollout.Devices.Where(static device => device.Told && device.Group > 0), device =>
                Assert.True(
                    scene.Rollout.Transitions.Any(transition => transition.Group == scene.Rollout.Groups[device.Group - 1].Name
                        && transition.To == GroupState.Passed),
                    $"seed {seed}: {device.DeviceId} of group {device.Group} was told too early"));
            scene.Now += TimeSpan.FromSeconds(random.Next(1, 60));
        }

        // Let everything settle: everybody comes online and obeys.
        foreach (var device in devices) scene.Twins[device] = scene.Twins[device] with { Online = true };
        scene.Rollout = RolloutOrders.Command(scene.Rollout, RolloutCommand.Restore, "op", scene.Now);
        for (var i = 0; i < 3; i++)
        {
            scene.Look();
            scene.ObeyAll();
        }

        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
        foreach (var device in scene.Rollout.Devices.Where(static device => device.Touched))
        {
            Assert.True(
                scene.Twins[device.DeviceId].ActiveDigest == device.PreviousDigest,
                $"seed {seed}: {device.DeviceId} answers with {scene.Twins[device.DeviceId].ActiveDigest}");
            Assert.True(device.Back, $"seed {seed}: {device.DeviceId}");
        }

        Assert.All(
            scene.Rollout.Transitions.Where(static transition => transition.To == GroupState.Passed),
            transition => Assert.True(transition.Evidence!.Windows >= 50));
    }

    [Property(MaxTest = 300)]
    public void Every_device_is_in_exactly_one_group_and_no_group_is_empty(int seed)
    {
        var random = new Random(seed);
        var devices = Enumerable.Range(0, random.Next(1, 200))
            .Select(i => GroupPlannerTests.Device($"d{i}", random.Next(2) == 0, $"slice-{random.Next(4)}")).ToList();
        var plan = GroupPlanner.Plan(GroupPlannerTests.Request(seed, random.Next(2) * 0.2), devices);
        Assert.Equal(
            devices.Select(static device => device.DeviceId).Order(),
            plan.Groups.SelectMany(static group => group.Devices).Concat(plan.Control).Order());
        Assert.All(plan.Groups, static group => Assert.NotEmpty(group.Devices));
        var free = devices.Where(device => !plan.Control.Contains(device.DeviceId)).ToList();
        if (free.Exists(static device => device.Online))
            Assert.True(free.Single(device => device.DeviceId == plan.Groups[0].Devices[0]).Online, "the canary is offline though others are not");
    }

    private static void Disturb(RolloutScene scene, string device, Random random)
    {
        switch (random.Next(8))
        {
            case 0: scene.Twins[device] = scene.Twins[device] with { Online = !scene.Twins[device].Online }; break;
            case 1: scene.ObeyAll(); break;
            case 2: scene.Obey(device); break;
            case 3: scene.Evidence(device, scene.Twins[device].ActiveDigest ?? RolloutScene.Old, random.Next(1, 80), 0); break;
            case 4: scene.Evidence(scene.Control ?? device, RolloutScene.Old, random.Next(1, 80), 0); break;
            case 5: scene.Rollout = RolloutOrders.Command(scene.Rollout, (RolloutCommand)random.Next(2), "op", scene.Now); break;
            case 6 when random.Next(6) == 0: scene.Report(
                device, SlotState.Returned, RolloutScene.New, scene.Rollout.Devices.Single(known => known.DeviceId == device).PreviousDigest,
                "health"); break;
            default: break;
        }
    }
}
