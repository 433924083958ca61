using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public sealed class RolloutHoldsTests
{
    [Fact]
    public void What_others_have_is_waited_for_while_the_rest_is_told()
    {
        var scene = new RolloutScene(4, adjust: static request => request with { Groups = [new("all")] });
        DeviceClaim[] taken = [new("d1", "r0", 50), new("d2", "r0", 50)];
        scene.Rollout = RolloutHolds.Take(scene.Rollout, RolloutHolds.Wants(null, scene.Rollout), taken, scene.Now);
        Assert.Equal(["r0"], scene.Rollout.WaitsFor);
        scene.Look();
        Assert.Equal(["d0", "d3"], scene.Told.Order());
        Assert.Equal(GroupState.Deploying, scene.Rollout.Groups[0].State);

        var said = scene.Rollout.Transitions.Count;
        var wants = RolloutHolds.Wants(scene.Rollout, scene.Rollout);
        Assert.Equal(["d1", "d2"], wants.Order());
        scene.Rollout = RolloutHolds.Take(scene.Rollout, wants, [taken[0]], scene.Now);
        Assert.Equal(said, scene.Rollout.Transitions.Count);
        scene.Look();
        Assert.Equal(["d0", "d2", "d3"], scene.Told.Order());
        scene.Rollout = RolloutHolds.Take(scene.Rollout, RolloutHolds.Wants(scene.Rollout, scene.Rollout), [], scene.Now);
        Assert.Equal("every device that it waited for is free", scene.Rollout.Transitions[^1].Reason);
        scene.Look();
        Assert.Equal(4, scene.Told.Count());
        Assert.Empty(RolloutHolds.Wants(scene.Rollout, scene.Rollout));
    }

    [Fact]
    public void A_device_in_the_middle_of_its_update_is_not_given_away()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        var canary = Assert.Single(scene.Told);
        var all = scene.Twins.Keys.ToHashSet();
        var given = RolloutHolds.Yield(scene.Rollout, all, "r2", scene.Now);
        Assert.Equal("9 devices given to rollout r2, of higher priority", given.Transitions[^1].Reason);
        Assert.Equal(canary, Assert.Single(given.Devices, static device => device.Held).DeviceId);

        var settled = scene.Rollout with { Devices = [.. scene.Rollout.Devices.Select(device =>
            device.DeviceId == canary ? device with { State = SlotState.Committed, Touched = true } : device)] };
        given = RolloutHolds.Yield(settled, all, "r2", scene.Now);
        Assert.DoesNotContain(given.Devices, static device => device.Held);
        // It is told to go back only what is still its own.
        var back = RolloutOrders.Command(given, RolloutCommand.Restore, "op", scene.Now);
        Assert.DoesNotContain(back.Devices, static device => device.Held);
        Assert.Same(back, RolloutHolds.Yield(back, all, "r3", scene.Now));
    }

    [Fact]
    public void No_more_are_told_than_the_bytes_of_all_rollouts_allow()
    {
        var scene = new RolloutScene(10, adjust: static request => request with { Groups = [new("all")] });
        scene.Rollout = scene.Rollout with { PackageBytes = 1_000 };
        Assert.Equal(0, Told(0));
        Assert.Equal(1, Told(1));
        Assert.Equal(1, Told(1_000));
        Assert.Equal(3, Told(2_001));
        Assert.Equal(10, Told(long.MaxValue));

        int Told(long bytes) => RolloutStateMachine.Told(scene.Rollout, RolloutStateMachine.Advance(scene.Rollout, scene.Seen, bytes));
    }
}
