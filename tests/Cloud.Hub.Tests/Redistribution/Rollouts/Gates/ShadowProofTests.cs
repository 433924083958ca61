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
        Assert.Contains("10 devices told, each compares 9000 windows in shadow first", scene.Rollout.Transitions[^1].Reason, StringComparison.Ordinal);
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

    /// <summary>Those that answer with the new model alarm as the control does.</summary>
    private static void Work(RolloutScene scene)
    {
        scene.Evidence(scene.Control!, RolloutScene.Old, 2_000, 100);
        scene.Work(0);
    }

    private static RolloutScene Scene() => new(100, GatePolicy.Named("strict"));

    /// <summary>Each canary has compared so many windows by now.</summary>
    private static void Compare(RolloutScene scene, int windows, double more)
    {
        var (old, both, added) = (windows / 20, windows * 3 / 200, (int)(windows * more));
        foreach (var device in scene.DevicesOf(0))
            scene.Evidence(
                device, RolloutScene.Old, 100, 5,
                shadow: new ShadowEvidence(RolloutScene.New, windows, (2 * both) + added, old + added, 0, 100, ActiveAlarms: old));
    }
}
