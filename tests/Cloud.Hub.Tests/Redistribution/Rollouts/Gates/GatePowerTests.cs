using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Gates;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

public class GatePowerTests
{
    private const double StopsAt = 840;

    /// <summary>Bets on simulated trials at the difference that is said to be told about half of the time.</summary>
    [Theory]
    [InlineData("Absolute", 0.1, 0.05, 0.0)]
    [InlineData("Absolute", 0.02, 0.1, 0.0)]
    [InlineData("Difference", 0.1, 0.1, 0.05)]
    [InlineData("Paired", 0.01, 0.02, 0.05)]
    [InlineData("Paired", 0.05, 0.05, 0.1)]
    public void What_is_said_to_be_told_is_told_about_half_of_the_time(string kind, double limit, double excess, double reference)
    {
        const int Runs = 400;
        var of = Enum.Parse<MetricKind>(kind);
        var trials = (int)Math.Ceiling(GatePower.Trials(of, limit, excess, reference, StopsAt));
        var random = new Random(3);
        var told = 0;
        for (var run = 0; run < Runs; run++)
        {
            var wager = new Wager();
            for (var trial = 0; trial < trials && wager.Odds / 2 < StopsAt; trial++) wager = Bet(wager, random, of, limit, limit + excess, reference);
            if (wager.Odds / 2 >= StopsAt) told++;
        }

        Assert.InRange(told / (double)Runs, 0.35, 0.9);
        Assert.Equal(limit + excess, GatePower.Tells(of, limit, reference, trials, StopsAt)!.Value, 0.002);
    }

    [Fact]
    public void The_fewer_trials_the_larger_what_can_be_told_and_with_hardly_any_nothing_can()
    {
        var seen = new[] { 100, 1_000, 10_000 }.Select(static trials => GatePower.Tells(MetricKind.Paired, 0.01, 0.05, trials, StopsAt)!.Value)
            .ToArray();
        Assert.True(seen[0] > seen[1] && seen[1] > seen[2] && seen[2] > 0.01, string.Join(", ", seen));
        Assert.Null(GatePower.Tells(MetricKind.Absolute, 0.1, 0, 2, StopsAt));
        Assert.Null(GatePower.Tells(MetricKind.Absolute, 1, 0, 1e9, StopsAt));
        Assert.Equal(double.PositiveInfinity, GatePower.Trials(MetricKind.Absolute, 0.1, 0, 0, StopsAt));
    }

    /// <summary>A gate's evidence says it beside each figure.</summary>
    [Fact]
    public void The_evidence_of_a_gate_says_what_it_could_have_told()
    {
        var scene = new RolloutScene(20);
        scene.Look();
        scene.ObeyAll();
        scene.Evidence(scene.Control!, RolloutScene.Old, 2_000, 100);
        scene.Work(0, windows: 2_000, alarms: 100);
        scene.Look();
        var alarms = scene.Rollout.Groups[0].Evidence!.Metric(GateLimits.AlarmRate)!;
        Assert.InRange(alarms.Tells!.Value, alarms.Limit + 0.01, 1);
        Assert.Null(scene.Rollout.Groups[0].Evidence!.Metric(GateLimits.ModelFailures)!.Tells);
    }

    private static Wager Bet(Wager wager, Random random, MetricKind kind, double limit, double mean, double reference)
    {
        var draw = random.NextDouble();
        switch (kind)
        {
            case MetricKind.Paired:
                var differs = Math.Max(reference, mean);
                return wager.BetPairs(1, draw < (differs + mean) / 2 ? 1 : 0, draw > 1 - ((differs - mean) / 2) ? 1 : 0, limit);
            case MetricKind.Difference:
                return wager.BetSamples(1, draw < reference + mean ? 1 : 0, 1, random.NextDouble() < reference ? 1 : 0, limit);
            default:
                return wager.Bet(1, draw < mean ? 1 : 0, limit);
        }
    }
}
