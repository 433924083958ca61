using Edge.Agent.Experience;
using Edge.Agent.Hosting;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Edge.Agent.Sync.Uplink;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Sensing;
using Hmas.Inference;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Pipeline;

/// <summary>The ladder as the agent wires it: ONNX Runtime's model, rules, and everything that
/// listens, among it the selection of experience.</summary>
public sealed class WholePipelineMemoryTests : IFactSink
{
    private const int Warm = 2000;
    private const int Measured = 2000;
    private const string Rules = """
        version: 1
        rules:
          - id: model
            when: { prediction: alarm }
            debounce: { count: 3, of: 5 }
          - id: strong
            when: { any: [{ prediction: scoreRatio, above: 50 }, { channel: a, stat: deviation, over: 30s, above: 50 }] }
          - id: silent
            when: { all: [{ stale: a, after: 5s }, { channel: b, feature: kurtosis, over: 60s, above: 50 }] }
        """;

    private static readonly SensorChannel[] Channels = [new("a"), new("b")];
    private int _facts;

    [Fact]
    public void A_sample_costs_no_managed_memory_from_sensor_to_rule_while_nothing_is_worth_keeping()
    {
        NativeRuntime.DisableTelemetry();
        var rules = RuleFile.Parse(Rules, "rules.yaml", new RuleScope(Channels, 1, 512, new Dictionary<string, IReadOnlyList<string>>()));
        var counters = new AgentCounters(TimeProvider.System);
        var experience = new ExperienceStore(new ExperienceOptions { RoutineEvery = 1_000_000, RareDistance = 1e6 }, new SamplingBoost(), this);
        var sink = new ObservationFanOut(
            counters, new EventRecorder(this, TimeProvider.System), experience,
            new EvidenceCollector(1_000_000, "boot", this, static () => null, static () => null),
            new TelemetryCollector(Channels.Length, 64), new RecentRows(Channels.Length), new TuningRows(Channels.Length, 256),
            new SlotWatch(TimeProvider.System));
        var pipeline = new PerceptionPipeline(
            Channels, 1, new WindowOptions { Length = 8, CalibrationRows = FixturePackage.CalibrationRows }, rules, static _ => { }, sink,
            NullLogger.Instance);
        var onnx = FixturePackage.Onnx("half");
        pipeline.Slot.Exchange(WindowScorers.Open("sha256:half", FixturePackage.Manifest(1, onnx), onnx));
        Play(pipeline, 0, Warm);
        var facts = _facts;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(pipeline, Warm, Measured);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        pipeline.Slot.Exchange(null)?.Dispose();
        Assert.Equal((0, facts), (allocated, _facts));
        Assert.Equal(Warm + Measured - FixturePackage.CalibrationRows + 1, counters.Windows);
    }

    bool IFactSink.TryAdd(FactKind kind, long timestampUs, ReadOnlyMemory<byte> payload, float value)
    {
        _facts++;
        return true;
    }

    private static void Play(PerceptionPipeline pipeline, int from, int rows)
    {
        for (var i = from; i < from + rows; i++)
        {
            pipeline.Add([new Sample(0, i * 1_000_000L, MathF.Sin(i)), new Sample(1, i * 1_000_000L, MathF.Cos(i / 3f))]);
        }
    }
}
