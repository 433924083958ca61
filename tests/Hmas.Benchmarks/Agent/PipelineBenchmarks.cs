using BenchmarkDotNet.Attributes;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hmas.Benchmarks.Agent;

/// <summary>What does a frame of 8 samples cost from sample to decision without the model: our work around the inference?</summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private const int Channels = 8;

    private readonly Sample[] _samples = new Sample[Channels];
    private PerceptionPipeline _pipeline = null!;
    private long _us;

    [GlobalSetup]
    public void Setup()
    {
        var channels = Enumerable.Range(0, Channels).Select(i => new SensorChannel($"c{i}")).ToArray();
        const string Rules = """
            version: 1
            rules:
              - id: alarm
                when: { prediction: alarm }
                debounce: { count: 3, of: 5 }
              - id: hot
                when: { channel: c1, stat: mean, over: 300ms, above: 100 }
              - id: stale
                when: { stale: c2, after: 5s }
            """;
        var scope = new RuleScope(channels, 100, 4096, new Dictionary<string, IReadOnlyList<string>>());
        _pipeline = new PerceptionPipeline(
            channels, 100, new WindowOptions(), RuleFile.Parse(Rules, "bench.yaml", scope), static _ => { }, new NoSink(), NullLogger.Instance);
        _pipeline.Slot.Exchange(new NoModel(channels));
        for (var i = 0; i < 1000; i++) Frame();
    }

    [Benchmark]
    public void Frame()
    {
        _us += 10_000;
        for (ushort channel = 0; channel < Channels; channel++) _samples[channel] = new Sample(channel, _us, channel);
        _pipeline.Add(_samples);
    }

    private sealed class NoModel(IReadOnlyList<SensorChannel> channels) : IWindowScorer
    {
        public string Digest => "none";

        public ModelManifest Manifest { get; } = new()
        {
            Name = "none",
            Release = 1,
            OnnxDigest = "sha256:0",
            OnnxBytes = 1,
            Channels = [.. channels.Select(channel => channel.Name)],
            RateHz = 100,
            Window = new WindowSpec(60, 1),
            Recipe = new FeatureRecipe(),
            Input = new TensorSpec("x", [1, Channels, 60]),
            Output = new TensorSpec("y", [1, Channels, 60]),
            Head = ModelHead.Reconstruction,
            Threshold = new ThresholdPolicy(),
            Precision = "float32",
            Lineage = new Lineage { RunId = "bench", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "bench" },
        };

        public bool IsCalibrated { get; private set; }

        public float Threshold => 1;

        public void Calibrate(ReadOnlySpan<float> rows) => IsCalibrated = true;

        public WindowScore Score(ReadOnlySpan<float> window) => new(0, 0, false, true, 0);

        public void StartRun() => IsCalibrated = false;

        public void Dispose() => IsCalibrated = false;
    }

    private sealed class NoSink : IObservationSink
    {
        public void Observe(in Observation observation)
        {
        }
    }
}
