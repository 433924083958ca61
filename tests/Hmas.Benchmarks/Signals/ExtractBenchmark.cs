using BenchmarkDotNet.Attributes;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Hmas.Benchmarks.Signals;

/// <summary>What does one window of 8 channels cost before the model sees it: values alone, and every feature with spectra?</summary>
[MemoryDiagnoser]
public class ExtractBenchmark
{
    private const int Channels = 8;
    private const int Length = 128;

    private readonly FeatureExtractor _values = new(new FeatureRecipe(), Channels, Length, 100);
    private readonly FeatureExtractor _all = new(
        new FeatureRecipe
        {
            Compression = Compression.Asinh,
            Layout = TensorLayout.Vector,
            Features =
            [
                new(FeatureKind.RollingMean, 16), new(FeatureKind.RollingDeviation, 16), new(FeatureKind.Rms), new(FeatureKind.CrestFactor),
                new(FeatureKind.Kurtosis), new(FeatureKind.Slope), new(FeatureKind.SpectrumBands, 128, 16), new(FeatureKind.MelBands, 128, 8),
            ],
        },
        Channels,
        Length,
        100);

    private readonly float[] _window = new float[Channels * Length];
    private readonly float[] _valuesOutput = new float[Channels * Length];
    private float[] _allOutput = [];
    private Calibration _calibration = new([], []);

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        foreach (ref var value in _window.AsSpan())
            value = random.NextSingle();
        _calibration = new Calibration([.. Enumerable.Repeat(0.5f, Channels)], [.. Enumerable.Repeat(0.3f, Channels)]);
        _allOutput = new float[_all.OutputLength];
    }

    [Benchmark(Baseline = true)]
    public void Values() => _values.Extract(_window, _calibration, _valuesOutput);

    [Benchmark]
    public void AllFeatures() => _all.Extract(_window, _calibration, _allOutput);
}
