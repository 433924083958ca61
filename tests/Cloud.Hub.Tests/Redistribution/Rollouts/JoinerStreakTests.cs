using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public sealed class JoinerStreakTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void One_that_takes_it_ends_a_streak_and_one_that_is_away_or_on_its_way_says_nothing()
    {
        Assert.Null(Fault(Failed(1), Failed(2)));
        Assert.NotNull(Fault(Failed(1), Failed(2), Failed(3)));
        Assert.Null(Fault(Failed(1), Failed(2), Taken(3), Failed(4), Failed(5)));
        Assert.NotNull(Fault(Taken(1), Failed(2), Failed(3), Told(4), Failed(5)));
        // Whom the order of the list names first was told last.
        Assert.Null(Fault(Failed(5), Failed(4), Failed(1), Taken(3)));
    }

    [Fact]
    public void Silence_counts_only_of_one_that_was_heard_of_and_only_after_the_maximum_wait()
    {
        var (now, heard) = (Start + TimeSpan.FromMinutes(20), Start + TimeSpan.FromMinutes(5));
        Assert.Null(Fault(Start + TimeSpan.FromMinutes(9), online: true, heard, Told(1), Told(2), Told(3)));
        Assert.Contains("(silent)", Fault(now, online: true, heard, Told(1), Told(2), Told(3)), StringComparison.Ordinal);
        Assert.Contains("(silent)", Fault(now, online: false, heard, Told(1), Told(2), Told(3)), StringComparison.Ordinal);
        Assert.Null(Fault(now, online: false, lastSeen: null, Told(1), Told(2), Told(3)));
    }

    [Fact]
    public void One_that_began_and_is_heard_of_no_longer_is_lost_and_what_answers_no_windows_must_stay_healthy()
    {
        var now = Start + TimeSpan.FromMinutes(30);
        DeviceState[] begun = [.. Enumerable.Range(1, 3).Select(i => Told(i) with { State = SlotState.Active, Touched = true })];
        Assert.Null(Fault(now, online: true, now, begun));
        Assert.Contains("(lost)", Fault(now, online: false, Start + TimeSpan.FromMinutes(19), begun), StringComparison.Ordinal);

        DeviceState[] committed = [.. begun.Select(static device => device with { State = SlotState.Committed })];
        Assert.NotNull(Fault(Scene(ArtefactKind.Rules, now, online: false, Start, committed)));
        Assert.Null(Fault(Scene(ArtefactKind.Rules, now, online: false, Start, [
            .. committed.Select(device => device with { Heartbeat = new Heartbeat(1, now, "b", Start) })])));
    }

    [Fact]
    public void Who_was_told_before_it_was_resumed_counts_no_longer()
    {
        var scene = Scene(ArtefactKind.Model, Start, online: true, Start, [Failed(1), Failed(2), Failed(3)]);
        Assert.NotNull(Fault(scene));
        var paused = RolloutStateMachine.To(scene.Rollout, RolloutState.Paused, "streak", Start);
        scene.Rollout = RolloutOrders.Command(
            paused, RolloutCommand.Resume, "op", Start + TimeSpan.FromSeconds(3));
        Assert.Null(Fault(scene));
    }

    private static DeviceState Told(int second) => new() { DeviceId = $"j{second}", Group = 1, Told = true, ToldAt = Start + TimeSpan.FromSeconds(second) };

    private static DeviceState Failed(int second) => Told(second) with { State = SlotState.Returned, Reason = "health" };

    private static DeviceState Taken(int second) => Told(second) with { State = SlotState.Committed, Touched = true };

    private static string? Fault(params DeviceState[] joined) => Fault(Start, online: true, Start, joined);

    private static string? Fault(DateTimeOffset now, bool online, DateTimeOffset? lastSeen, params DeviceState[] joined) =>
        Fault(Scene(ArtefactKind.Model, now, online, lastSeen, joined));

    private static string? Fault(RolloutScene scene) => JoinerStreak.Fault(scene.Rollout, scene.Seen);

    private static RolloutScene Scene(ArtefactKind kind, DateTimeOffset now, bool online, DateTimeOffset? lastSeen, DeviceState[] joined)
    {
        var scene = new RolloutScene(1, adjust: static request => request with { Groups = [new("all")], Continuous = true }, kind: kind) { Now = now };
        scene.Rollout = scene.Rollout with
        {
            Groups = [.. scene.Rollout.Groups, new GroupState { Name = GroupState.Joined, State = GroupState.Observing, IsJoined = true }],
            Devices = [.. scene.Rollout.Devices, .. joined],
        };
        foreach (var device in joined)
            scene.Twins[device.DeviceId] = new DeviceSeen { DeviceId = device.DeviceId, Online = online, LastSeen = lastSeen };
        return scene;
    }
}
