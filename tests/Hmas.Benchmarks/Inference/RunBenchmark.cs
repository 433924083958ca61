using BenchmarkDotNet.Attributes;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Hmas.Benchmarks.Inference;

/// <summary>What do our session and our detector add to a bare C-API run of the same model in the same process? Target: at most 5 %.</summary>
/// <remarks>Model: two convolutions, 8 → 32 → 8 channels over 64 steps (<c>wide.onnx</c> of the tests).</remarks>
[MemoryDiagnoser]
public class RunBenchmark : IDisposable
{
    private BareModel? _bare;
    private ModelSession? _session;
    private Detector? _detector;
    private readonly float[] _window = new float[8 * 64];

    [GlobalSetup]
    public void Setup()
    {
        var model = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "wide.onnx"));
        var (input, output) = (new TensorSpec("x", [1, 8, 64]), new TensorSpec("y", [1, 8, 64]));
        _bare = new BareModel(model, input, output);
        _session = new ModelSession(model, input, output, new SessionSettings());
        _detector = new Detector(
            new ModelManifest
            {
                Name = "wide",
                Release = 1,
                OnnxDigest = "",
                OnnxBytes = model.Length,
                Channels = [.. Enumerable.Range(0, 8).Select(i => $"c{i}")],
                RateHz = 100,
                Window = new WindowSpec(64, 1),
                Recipe = new FeatureRecipe(),
                Input = input,
                Output = output,
                Head = ModelHead.Reconstruction,
                Threshold = new ThresholdPolicy(),
                Precision = "float32",
                Lineage = new Lineage { RunId = "", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "" },
            },
            model,
            new SessionSettings());
        var random = new Random(1);
        var rows = new float[8 * 200];
        foreach (ref var value in rows.AsSpan())
            value = random.NextSingle();
        _detector.Calibrate(rows);
        rows.AsSpan(0, _window.Length).CopyTo(_window);
        _window.CopyTo(_session.Input);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _session?.Dispose();
        _detector?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public void BareRun() => _bare!.Run();

    [Benchmark]
    public void SessionRun() => _session!.Run();

    [Benchmark]
    public DetectorScore DetectorScore() => _detector!.Score(_window);
}
