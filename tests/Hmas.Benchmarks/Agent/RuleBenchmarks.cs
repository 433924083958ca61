using BenchmarkDotNet.Attributes;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Reasoning;
using Hmas.Contracts.Sensing;

namespace Hmas.Benchmarks.Agent;

/// <summary>How many rules a second can one core judge while nothing changes? Half of them compare statistics over 30 frames.</summary>
[MemoryDiagnoser]
public class RuleBenchmarks
{
    private const int RuleCount = 100;

    private readonly FrameHistory _history = new(8, new WindowOptions { HistoryFrames = 64, CalibrationRows = 1, MaxCalibrationRows = 1 });
    private readonly float[] _row = new float[8];
    private RuleEngine _engine = null!;
    private long _us;

    [GlobalSetup]
    public void Setup()
    {
        var channels = Enumerable.Range(0, 8).Select(i => new SensorChannel($"c{i}")).ToArray();
        var rules = Enumerable.Range(0, RuleCount).Select(i => i % 2 == 0
            ? $"- id: r{i}\n  when: {{ all: [ {{ channel: c{i % 8}, above: {i + 10} }}, {{ not: {{ prediction: alarm }} }} ] }}"
            : $"- id: r{i}\n  when: {{ channel: c{i % 8}, stat: deviation, over: 30s, above: {i + 10} }}");
        var scope = new RuleScope(channels, 1, 64, new Dictionary<string, IReadOnlyList<string>>());
        _engine = new RuleEngine(RuleFile.Parse($"version: 1\nrules:\n{string.Join('\n', rules)}\n", "bench.yaml", scope));
        for (var i = 0; i < 64; i++) Frame();
    }

    [Benchmark(OperationsPerInvoke = RuleCount)]
    public int Judge() => Frame();

    private int Frame()
    {
        _us += 1_000_000;
        _row.AsSpan().Fill(_us % 7);
        _history.Add(_us, _row);
        return _engine.Evaluate(_history, Prediction.None, _us).Length;
    }
}
