using Edge.Agent.Actions;
using Edge.Agent.Experience;
using Edge.Agent.Hosting;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Agent.Settings;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Sensing;
using Hmas.Contracts.Wire;
using Hmas.Inference;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Pipeline;

/// <summary>A real classifier in the ladder: logits 2a, a + b and 0 of the classes first, second and third.</summary>
public sealed class ClassifierPipelineTests : IFactSink, IDisposable
{
    private const string Rules = """
        version: 1
        rules:
          - id: second
            when: { prediction: class, is: second, above: 0.9 }
            action: { actuator: valve, command: close }
        """;

    private static readonly SensorChannel[] Channels = [new("a"), new("b")];
    private readonly List<ActionRequest> _acts = [];
    private readonly List<ExperienceRecord> _kept = [];
    private readonly AgentCounters _counters = new(TimeProvider.System);
    private readonly PerceptionPipeline _pipeline;
    private int _second;

    public ClassifierPipelineTests()
    {
        NativeRuntime.DisableTelemetry();
        var scope = new RuleScope(Channels, 1, 64, new Dictionary<string, IReadOnlyList<string>> { ["valve"] = ["close"] });
        var experience = new ExperienceStore(new ExperienceOptions { RoutineEvery = 1_000_000, RareDistance = 1e6 }, new SamplingBoost(), this);
        _pipeline = new PerceptionPipeline(
            Channels, 1, new WindowOptions { Length = 8, CalibrationRows = 8 }, RuleFile.Parse(Rules, "rules.yaml", scope), _acts.Add,
            new ObservationFanOut(_counters, experience), NullLogger.Instance);
        var onnx = FixturePackage.Onnx("classes");
        _pipeline.Slot.Exchange(WindowScorers.Open("sha256:c", FixturePackage.AsClassifier(FixturePackage.Manifest(1, onnx)), onnx));
    }

    [Fact]
    public void It_answers_from_its_first_whole_window_and_a_rule_acts_on_its_class()
    {
        Play(rows: 7, a: 1, b: 5);
        Assert.Null(_counters.LastClass);
        Play(rows: 1, a: 1, b: 5);
        Assert.Equal("second", _counters.LastClass?.Name);
        // Softmax of (2, 6, 0).
        Assert.Equal(Math.Exp(6) / (Math.Exp(6) + Math.Exp(2) + 1), _counters.LastClass!.Value.Probability, 1e-5);
        Assert.Equal(("valve", "second"), (Assert.Single(_acts).Command.Actuator, _acts[0].RuleId));
        Assert.Contains("class second 0.9796 above 0.9", _acts[0].Reasons);
        Assert.Equal((1, 0, 0), (_counters.Windows, _counters.AlarmWindows, _counters.InvalidWindows));
    }

    [Fact]
    public void A_window_between_two_classes_is_kept_as_uncertain_and_a_clear_one_is_not()
    {
        Play(rows: 30, a: 1, b: 9);
        var clear = _kept.Count(record => record.Reasons.HasFlag(ExperienceReasons.Uncertain));
        // Logits 2 and 2: either may be.
        Play(rows: 30, a: 1, b: 1);
        Assert.Equal(0, clear);
        var uncertain = _kept.Where(record => record.Reasons.HasFlag(ExperienceReasons.Uncertain)).ToArray();
        Assert.NotEmpty(uncertain);
        Assert.All(uncertain, record => Assert.Equal("sha256:c", record.ModelDigest));
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_an_invalid_window_and_nothing_stops()
    {
        Play(rows: 8, a: float.MaxValue, b: float.MaxValue);
        Play(rows: 10, a: 1, b: 9);
        Assert.True(_counters.InvalidWindows > 0, "the sum of both is beyond a float");
        Assert.Equal("second", _counters.LastClass?.Name);
    }

    bool IFactSink.TryAdd(FactKind kind, long timestampUs, ReadOnlyMemory<byte> payload, float value)
    {
        if (kind == FactKind.Experience) _kept.Add(ExperienceCodec.Decode(payload.Span));
        return true;
    }

    public void Dispose() => _pipeline.Slot.Exchange(null)?.Dispose();

    private void Play(int rows, float a, float b)
    {
        for (var i = 0; i < rows; i++, _second++)
        {
            _pipeline.Add([new Sample(0, _second * 1_000_000L, a), new Sample(1, _second * 1_000_000L, b)]);
        }
    }
}
