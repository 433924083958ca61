using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

/// <summary>Ten canaries of a hundred devices under the gate that asks for proof in shadow: the old model alarms on one window in twenty,
/// and the new one differs from it on three in a hundred and, where it is worse, on two more.</summary>
public class ShadowProofTests
{
    private const int Windows = 9_000;

    [Fact]
    public void Devices_of_a_small_group_compare_more_windows_than_those_of_a_large_one()
    {
        var scene = Scene();
        Assert.All(scene.Look(), static wanted => Assert.Equal(Windows, wanted.ShadowWindows));
        Assert.Contains("10 devices told, each compares 9,000 windows in shadow first", scene.Rollout.Transitions[^1].Reason, StringComparison.Ordinal);
        Compare(scene, Windows, more: 0);
        scene.ObeyAll();
        Work(scene);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        Assert.All(scene.Look(), static wanted => Assert.Equal(2_250, wanted.ShadowWindows));
    }

    [Fact]
    public void The_way_back_asks_for_no_comparison()
    {
        var scene = Scene();
        scene.Look();
        scene.Command(RolloutCommand.Restore);
        Assert.All(scene.Look(), static wanted => Assert.Equal((true, 0), (wanted.Restore, wanted.ShadowWindows)));
    }

    [Fact]
    public void A_model_that_is_two_in_a_hundred_worse_is_stopped_before_any_device_changes()
    {
        var scene = Scene();
        scene.Look();
        for (var told = 500; told <= 8_000 && scene.Rollout.StoppedBy is null; told += 500)
        {
            Compare(scene, told, more: 0.02);
            scene.Look();
        }

        Assert.Equal((GateLimits.ShadowAlarms, false), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device.Touched);
    }

    /// <summary>Its figure is within, and may be above at 95 %: while somebody compares that is no verdict, and at the end it is no proof.</summary>
    [Fact]
    public void What_is_within_its_limit_and_not_proven_to_be_waits_and_is_stopped_once_nobody_compares_any_more()
    {
        var scene = Scene();
        scene.Look();
        Compare(scene, Windows, more: 0.009);
        foreach (var device in scene.DevicesOf(0).Skip(1)) scene.Obey(device);
        Work(scene);
        scene.Look();
        Assert.Equal((GroupState.Observing, null), (scene.Rollout.Groups[0].State, scene.Rollout.StoppedBy));
        scene.ObeyAll();
        scene.Look();
        Assert.Equal((GateLimits.ShadowAlarms, false), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
    }

    [Fact]
    public void One_device_that_lags_is_not_waited_for_once_the_others_have_proven_it()
    {
        var scene = Scene();
        scene.Look();
        Compare(scene, Windows, more: 0);
        foreach (var device in scene.DevicesOf(0).Skip(1)) scene.Obey(device);
        Work(scene);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    /// <summary>An agent that says nothing of the old model's alarms proves nothing.</summary>
    [Fact]
    public void A_comparison_that_nothing_can_be_told_from_is_no_proof()
    {
        var scene = Scene();
        scene.Look();
        foreach (var device in scene.DevicesOf(0))
            scene.Evidence(device, RolloutScene.Old, 100, 5, shadow: new ShadowEvidence(RolloutScene.New, Windows, 100, 450, 0, 100));
        scene.ObeyAll();
        Work(scene);
        scene.Look();
        Assert.Equal((GateLimits.ShadowAlarms, false), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
    }

    [Fact]
    public void What_answers_no_windows_is_asked_for_no_proof()
    {
        var scene = new RolloutScene(100, GatePolicy.Named("strict"), kind: ArtefactKind.Rules).Begun();
        for (var minute = 0; minute < 8; minute++)
        {
            scene.Pass(TimeSpan.FromMinutes(1));
            scene.Look();
        }

        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void A_gate_is_asked_for_by_its_name_or_member_by_member()
    {
        const string Request = """{"digest":"sha256:1","requestedBy":"me","reason":"better","gate":GATE}""";
        GatePolicy Gate(string gate) =>
            JsonSerializer.Deserialize<RolloutRequest>(Request.Replace("GATE", gate, StringComparison.Ordinal), RedistributionJson.Requests)!.Gate;
        Assert.Equal((30_000, 0.01), (Gate("\"strict\"").MinimumShadowWindows, Gate("\"strict\"").LimitOf(GateLimits.ShadowAlarms)));
        Assert.Equal((0, 0.05), (Gate("\"default\"").MinimumShadowWindows, Gate("\"default\"").LimitOf(GateLimits.ShadowAlarms)));
        Assert.Equal(7, Gate("""{"minimumWindows":7}""").MinimumWindows);
        Assert.All(GatePolicy.Names, static name => Assert.NotNull(GatePolicy.Named(name)));
    }

    /// <summary>Twenty canaries have too few windows to tell it; eighty devices have them in shadow in twenty minutes.</summary>
    [Theory]
    [InlineData(0.02, true)]
    [InlineData(0, false)]
    public void The_second_group_compares_first_and_stops_a_model_that_is_a_little_worse_with_only_the_first_changed(double more, bool isStopped)
    {
        var scene = Later(new GatePolicy());
        Assert.All(scene.Look(), static wanted => Assert.Equal(1_875, wanted.ShadowWindows));
        Assert.Equal(1_875, scene.Rollout.Groups[1].ComparingTime!.Value.TotalSeconds, 1e-6);
        for (var told = 375; told <= 1_500 && scene.Rollout.StoppedBy is null; told += 375)
        {
            Compare(scene, told, more, group: 1);
            scene.Now += TimeSpan.FromSeconds(375);
            scene.Look();
            if (told < 900) Assert.Equal(GroupState.Deploying, scene.Rollout.Groups[1].State);
        }

        Assert.Equal((isStopped ? GateLimits.ShadowAlarms : null, false), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device is { Touched: true, Group: > 0 });
        if (isStopped) return;
        foreach (var device in scene.DevicesOf(1)) scene.Obey(device);
        scene.Evidence(scene.Control!, RolloutScene.Old, 2_000, 100);
        scene.Work(1);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[1].State);
    }

    /// <summary>Proof is not asked for: what could not be compared in time decides nothing.</summary>
    [Fact]
    public void A_later_group_that_compared_less_than_it_was_asked_to_passes_by_the_rest()
    {
        var scene = Later(new GatePolicy());
        scene.Look();
        Compare(scene, 300, more: 0.02, group: 1);
        foreach (var device in scene.DevicesOf(1)) scene.Obey(device);
        scene.Evidence(scene.Control!, RolloutScene.Old, 2_000, 100);
        scene.Work(1);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[1].State);
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(600, true)]
    public void Whoever_would_take_too_long_to_compare_is_not_asked_to(long windows, bool isAsked) =>
        Assert.Equal(isAsked, Asked(new GatePolicy(), windows));

    [Fact]
    public void A_later_group_compares_no_more_than_the_request_says_where_the_gate_asks_for_nothing_or_names_its_own_limit()
    {
        Assert.False(Asked(GatePolicy.Named("quick")!, 600));
        Assert.False(Asked(new GatePolicy { Limits = new Dictionary<string, double> { [GateLimits.ShadowAlarms] = 0.05 } }, 600));
    }

    private static bool Asked(GatePolicy gate, long windows)
    {
        var scene = Later(gate, windows);
        scene.Look();
        Assert.Equal(GroupState.Deploying, scene.Rollout.Groups[1].State);
        return scene.Rollout.Groups[1].ShadowWindows is not null;
    }

    /// <summary>Twenty canaries of two hundred devices have passed, ten minutes after the beginning.</summary>
    /// <param name="windows">Of each of them.</param>
    private static RolloutScene Later(GatePolicy gate, long windows = 600)
    {
        var scene = new RolloutScene(200, gate).Observing();
        scene.Now += TimeSpan.FromMinutes(10);
        scene.Evidence(scene.Control!, RolloutScene.Old, 2_000, 100);
        scene.Work(0, windows, windows / 20);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        return scene;
    }

    /// <summary>Those that answer with the new model alarm as the control does.</summary>
    private static void Work(RolloutScene scene)
    {
        scene.Evidence(scene.Control!, RolloutScene.Old, 2_000, 100);
        scene.Work(0);
    }

    private static RolloutScene Scene() => new(100, GatePolicy.Named("strict"));

    /// <summary>Each device of the group has compared so many windows by now.</summary>
    private static void Compare(RolloutScene scene, int windows, double more, int group = 0)
    {
        var (old, both, added) = (windows / 20, windows * 3 / 200, (int)(windows * more));
        foreach (var device in scene.DevicesOf(group))
            scene.Evidence(
                device, RolloutScene.Old, 100, 5,
                shadow: new ShadowEvidence(RolloutScene.New, windows, (2 * both) + added, old + added, 0, 100, ActiveAlarms: old));
    }
}
