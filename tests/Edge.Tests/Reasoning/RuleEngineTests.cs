using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Reasoning;
using Hmas.Contracts.Sensing;

namespace Edge.Tests.Reasoning;

public sealed class RuleEngineTests
{
    private const long Second = 1_000_000;
    private readonly FrameHistory _history = new(2, new WindowOptions { HistoryFrames = 60, CalibrationRows = 1, MaxCalibrationRows = 1 });
    private readonly List<string> _log = [];
    private RuleEngine _engine = new(RuleSet.Empty);
    private Prediction _prediction = Prediction.None;

    [Fact]
    public void A_comparison_raises_beyond_one_level_and_clears_behind_the_other()
    {
        Load("- id: r\n  when: { channel: a, above: 10, clear: 5 }");
        Feed(9, 11, 8, 6, 5, 8, 11);
        Assert.Equal(["1 Raised r", "4 Cleared r", "6 Raised r"], _log);
    }

    [Fact]
    public void A_count_debounce_needs_n_of_the_last_m_frames()
    {
        Load("- id: r\n  when: { channel: a, above: 0 }\n  debounce: { count: 3, of: 5 }");
        Feed(1, 0, 1, 0, 0, 0, 1, 1, 1);
        Assert.Equal(["8 Raised r"], _log);
    }

    [Fact]
    public void A_time_debounce_needs_the_condition_without_a_break()
    {
        Load("- id: r\n  when: { channel: a, above: 0 }\n  debounce: { for: 3s }");
        Feed(1, 1, 1, 0, 1, 1, 1, 1);
        Assert.Equal(["7 Raised r"], _log);
    }

    [Fact]
    public void A_hold_keeps_the_rule_raised_until_the_condition_was_gone_for_its_time()
    {
        Load("- id: r\n  when: { channel: a, above: 0 }\n  hold: 3s");
        Feed(1, 0, 0, 1, 0, 0, 0);
        Assert.Equal(["0 Raised r", "6 Cleared r"], _log);
    }

    [Theory]
    [InlineData("all: [ { channel: a, above: 0 }, { channel: b, above: 0 } ]", "1100", "1010", "1000")]
    [InlineData("any: [ { channel: a, above: 0 }, { channel: b, above: 0 } ]", "1100", "1010", "1110")]
    [InlineData("not: { channel: a, above: 0 }", "1100", "0000", "0011")]
    public void Conditions_combine(string when, string a, string b, string expected)
    {
        Load($"- id: r\n  when: {{ {when} }}");
        var raised = new List<char>();
        for (var i = 0; i < a.Length; i++)
        {
            Step(i, a[i] - '0', b[i] - '0');
            raised.Add(_engine.IsRaised(0) ? '1' : '0');
        }

        Assert.Equal(expected, string.Concat(raised));
    }

    [Theory]
    [InlineData("mean", 5f)]
    [InlineData("min", 2f)]
    [InlineData("max", 9f)]
    [InlineData("deviation", 2f)]
    [InlineData("rate", 1f)]
    [InlineData("rms", 5.3851648f)]
    [InlineData("crestFactor", 1.6712580f)]
    [InlineData("kurtosis", 2.78125f)]
    public void A_statistic_is_what_its_name_says(string stat, float expected)
    {
        // 2 4 4 4 5 5 7 9: mean 5, population deviation 2, fourth central moment 44.5; 7 units in 7 seconds.
        Load($"- id: r\n  when: {{ channel: a, stat: {stat}, over: 8s, above: {expected - 0.001f} }}\n- id: s\n  when: {{ channel: a, stat: {stat}, over: 8s, above: {expected + 0.001f} }}");
        Feed(2, 4, 4, 4, 5, 5, 7, 9);
        Assert.Equal(["7 Raised r"], _log);
    }

    [Fact]
    public void A_statistic_is_unknown_until_its_time_is_full_and_unknown_is_never_raised_not_even_negated()
    {
        Load("- id: r\n  when: { not: { channel: a, stat: mean, over: 3s, above: 100 } }");
        Feed(1, 1, 1);
        Assert.Equal(["2 Raised r"], _log);
    }

    [Fact]
    public void A_missing_channel_and_a_stale_one_have_their_conditions()
    {
        Load("- id: m\n  when: { missing: a }\n- id: s\n  when: { stale: a, after: 2s }");
        Feed(1, float.NaN, float.NaN, float.NaN, 1);
        Assert.Equal(["1 Raised m", "3 Raised s", "4 Cleared m", "4 Cleared s"], _log);
    }

    [Fact]
    public void Predictions_are_conditions_and_no_answer_is_unknown()
    {
        Load("- id: r\n  when: { prediction: alarm }\n- id: q\n  when: { prediction: scoreRatio, above: 2 }");
        Feed(0);
        _prediction = new Prediction(PredictionState.Scored, 5, 5, 2, true, "d", 1) { ScoreRatio = 2.5f };
        Step(1, 0, 0);
        Assert.Equal(["1 Raised r", "1 Raised q"], _log);
    }

    [Fact]
    public void A_class_is_a_condition_with_a_level_of_its_probability_or_without()
    {
        Load("- id: any\n  when: { prediction: class, is: leak }\n- id: sure\n  when: { prediction: class, is: leak, above: 0.8, clear: 0.6 }\n- id: not\n  when: { not: { prediction: class, is: leak } }");
        Feed(0);
        var leak = new Prediction(PredictionState.Scored, float.NaN, float.NaN, float.NaN, false, "d", 1) { Class = "leak", Probability = 0.7f };
        Answer(1, leak);
        Answer(2, leak with { Probability = 0.9f });
        Answer(3, leak with { Probability = 0.7f });
        Answer(4, leak with { Class = "healthy", Probability = 0.9f });
        Assert.Equal(["1 Raised any", "2 Raised sure", "4 Cleared any", "4 Cleared sure", "4 Raised not"], _log);

        void Answer(int second, Prediction prediction)
        {
            _prediction = prediction;
            Step(second, 0, 0);
        }
    }

    [Fact]
    public void The_highest_priority_has_the_actuator_and_gives_it_back()
    {
        Load("""
            - id: low
              priority: 1
              when: { channel: a, above: 0 }
              action: { actuator: valve, command: open, release: { command: close } }
            - id: high
              priority: 2
              when: { channel: b, above: 0 }
              action: { actuator: valve, command: set, value: 0.5, release: { command: safe } }
            """);
        Step(0, 1, 0);
        Step(1, 1, 1);
        Step(2, 1, 0);
        Step(3, 0, 0);
        Step(4, 0, 1);
        Step(5, 1, 1);
        Step(6, 1, 0);
        Assert.Equal(
            ["0 Raised low open", "1 Raised high set", "2 Cleared high", "2 Resumed low open", "3 Cleared low close", "4 Raised high set",
                "5 Raised low held by high", "6 Cleared high", "6 Resumed low open"],
            _log);
    }

    [Fact]
    public void A_decision_says_which_rule_and_why()
    {
        Load("- id: r\n  severity: critical\n  when: { all: [ { channel: a, above: 10, clear: 5 }, { not: { channel: b, above: 0 } } ] }");
        _engine.StartRun(0);
        _history.Add(0, [12.5f, -1]);
        var decision = _engine.Evaluate(_history, _prediction, 0)[0];
        Assert.Equal(("r", Severity.Critical, "r-0"), (decision.RuleId, decision.Severity, decision.AlarmId));
        Assert.Equal(["a 12.5 above 10", "b -1 not above 0"], decision.Reasons);
    }

    [Fact]
    public void The_end_of_the_run_clears_what_is_raised_with_its_alarm_id()
    {
        Load("- id: r\n  when: { channel: a, above: 0 }");
        Feed(1);
        var decision = Assert.Single(_engine.EndRun(9 * Second).ToArray());
        Assert.Equal((DecisionKind.Cleared, "r-0"), (decision.Kind, decision.AlarmId));
    }

    [Fact]
    public void Judging_costs_no_memory_while_nothing_changes()
    {
        Load("- id: r\n  when: { any: [ { channel: a, stat: deviation, over: 30s, above: 5 }, { stale: b, after: 5s }, { prediction: alarm } ] }");
        for (var i = 0; i < 100; i++) Step(i, 1, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 100; i < 1100; i++)
        {
            _history.Add(i * Second, [1, 1]);
            _engine.Evaluate(_history, _prediction, i * Second);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Load(string rules)
    {
        var scope = new RuleScope(
            [new SensorChannel("a"), new SensorChannel("b")], 1, 60,
            new Dictionary<string, IReadOnlyList<string>> { ["valve"] = ["open", "close", "set"] });
        _engine = new RuleEngine(RuleFile.Parse($"version: 1\nrules:\n{rules}\n", "rules.yaml", scope));
    }

    private void Feed(params float[] values)
    {
        for (var i = 0; i < values.Length; i++) Step(i, values[i], 0);
    }

    private void Step(int second, float a, float b)
    {
        if (second == 0) _engine.StartRun(0);
        _history.Add(second * Second, [a, b]);
        foreach (var decision in _engine.Evaluate(_history, _prediction, second * Second))
        {
            var command = decision.Command is null ? "" : $" {decision.Command.Command}";
            _log.Add($"{second} {decision.Kind} {decision.RuleId}{command}{(decision.HeldBy is null ? "" : $" held by {decision.HeldBy}")}");
        }
    }
}
