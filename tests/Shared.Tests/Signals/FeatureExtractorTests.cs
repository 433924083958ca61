using FsCheck.Xunit;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Shared.Tests.Signals;

public class FeatureExtractorTests
{
    private static readonly Calibration Neutral = new([0f, 0f], [1f, 1f]);

    private static readonly FeatureSpec[] PerStep =
    [
        new(FeatureKind.Values), new(FeatureKind.Differences), new(FeatureKind.RollingMean, 5), new(FeatureKind.RollingDeviation, 5),
    ];

    private static readonly FeatureSpec[] All =
    [
        .. PerStep, new(FeatureKind.Mean), new(FeatureKind.Deviation), new(FeatureKind.Rms), new(FeatureKind.CrestFactor), new(FeatureKind.Kurtosis),
        new(FeatureKind.Slope), new(FeatureKind.SpectrumBands, 32, 4), new(FeatureKind.MelBands, 64, 3, 1, 40),
    ];

    [Fact]
    public void Layout_channels_by_time_stacks_block_after_block_and_channel_after_channel()
    {
        var recipe = new FeatureRecipe { Normalisation = Normalisation.None, Clip = 0, Features = PerStep };
        var extractor = new FeatureExtractor(recipe, 2, 64, 100);
        Assert.Equal([1, 8, 64], extractor.OutputShape);

        var window = Plain.Noise(128, seed: 1);
        var output = Extract(extractor, window, Neutral);
        for (var channel = 0; channel < 2; channel++)
        {
            var values = window[(channel * 64)..((channel + 1) * 64)];
            AssertRow(values, Row(0, channel), "values");
            AssertRow([0f, .. values.Skip(1).Zip(values, (now, before) => now - before)], Row(1, channel), "differences");
            AssertRow(Plain.Rolling(values, 5, Plain.Mean), Row(2, channel), "rolling mean");
            AssertRow(Plain.Rolling(values, 5, Plain.Deviation), Row(3, channel), "rolling deviation");
        }

        float[] Row(int block, int channel) => output[(((block * 2) + channel) * 64)..(((block * 2) + channel + 1) * 64)];
    }

    [Property(MaxTest = 50)]
    public void Layout_vector_takes_every_feature_and_equals_the_plain_definitions(int seed)
    {
        var recipe = new FeatureRecipe { Clip = 0, Layout = TensorLayout.Vector, Features = All };
        var extractor = new FeatureExtractor(recipe, 2, 64, 100);
        Assert.Equal(2 * ((4 * 64) + 6 + 4 + 3), extractor.OutputLength);
        Assert.Equal([1, extractor.OutputLength], extractor.OutputShape);

        var calibration = new Calibration([5, -3], [2, 0.5f]);
        var window = Plain.Noise(128, seed, offset: 1);
        var output = Extract(extractor, window, calibration);
        var offset = 2 * 4 * 64;
        foreach (var spec in All.Skip(4))
        {
            for (var channel = 0; channel < 2; channel++)
            {
                var x = window[(channel * 64)..((channel + 1) * 64)].Select(v => (v - calibration.Centre[channel]) / calibration.Scale[channel])
                    .ToArray();
                foreach (var expected in Reference(spec, x))
                    Plain.Near(expected, output[offset++], 1e-3, $"{spec.Kind} of channel {channel}, seed {seed}");
            }
        }
        Assert.Equal(output.Length, offset);
    }

    [Fact]
    public void Missing_becomes_the_centre_and_large_values_are_clipped()
    {
        var extractor = new FeatureExtractor(new FeatureRecipe { Clip = 3 }, 1, 5, 1);
        var output = Extract(extractor, [float.NaN, 12, 1e9f, float.NegativeInfinity, float.PositiveInfinity], new Calibration([10], [2]));
        Assert.Equal([0f, 1, 3, -3, 3], output);
    }

    [Fact]
    public void A_window_of_missing_values_is_all_centre()
    {
        var recipe = new FeatureRecipe { Layout = TensorLayout.Vector, Features = All };
        var output = Extract(new FeatureExtractor(recipe, 1, 64, 100), Enumerable.Repeat(float.NaN, 64).ToArray(), new Calibration([10], [2]));
        Assert.All(output, value => Assert.True(float.IsFinite(value)));
        Assert.All(output.Take(64), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_constant_channel_stays_finite_for_every_feature()
    {
        var rows = Enumerable.Repeat(0f, 100).ToArray();
        var recipe = new FeatureRecipe { Layout = TensorLayout.Vector, Features = All };
        var calibration = Calibration.Fit(rows, 1, recipe);
        var window = new float[64];
        window[63] = 1e-3f;
        Assert.All(Extract(new FeatureExtractor(recipe, 1, 64, 100), window, calibration), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Compression_follows_clipping()
    {
        var extractor = new FeatureExtractor(new FeatureRecipe { Clip = 4, Compression = Compression.Asinh }, 1, 3, 1);
        var output = Extract(extractor, [-100, 0.5f, 2], new Calibration([0], [1]));
        AssertRow([(float)Math.Asinh(-4), (float)Math.Asinh(0.5), (float)Math.Asinh(2)], output, "asinh");
    }

    [Fact]
    public void Smoothing_shortens_the_window_and_skips_what_is_missing()
    {
        var extractor = new FeatureExtractor(new FeatureRecipe { Clip = 0, SmoothingLength = 3 }, 1, 6, 1);
        Assert.Equal([1, 1, 4], extractor.OutputShape);
        var output = Extract(extractor, [1, 2, 6, float.NaN, 4, 8], new Calibration([1], [2]));
        AssertRow([1, 1.5f, 2, 2.5f], output, "smoothed");
    }

    [Property(MaxTest = 100)]
    public void A_tensor_that_goes_on_with_a_row_is_bit_for_bit_that_of_the_whole_window(int seed, byte channelCount, byte smoothing, bool compresses)
    {
        const int length = 12;
        var channels = 1 + (channelCount % 19);
        var recipe = new FeatureRecipe
        {
            SmoothingLength = 1 + (smoothing % length), Clip = 2, Compression = compresses ? Compression.Asinh : Compression.None,
        };
        var (whole, sliding) = (new FeatureExtractor(recipe, channels, length, 1), new FeatureExtractor(recipe, channels, length, 1));
        var values = Plain.Noise(channels * 4 * length, seed, offset: 3, scale: 2);
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        for (var i = 0; i < values.Length; i += 7) values[i] = odd[i % odd.Length];
        var calibration = new Calibration(Plain.Noise(channels, seed + 1), [.. Enumerable.Range(0, channels).Select(i => 0.5f + i)]);
        var (expected, got) = (new float[whole.OutputLength], new float[whole.OutputLength]);

        sliding.Extract(Window(0), calibration, got);
        for (var row = 1; row <= 3 * length; row++)
        {
            whole.Extract(Window(row), calibration, expected);
            sliding.ExtractNext([.. Enumerable.Range(0, channels).Select(channel => values[(channel * 4 * length) + row + length - 1])], got);
            Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), got.Select(BitConverter.SingleToInt32Bits));
        }

        float[] Window(int row) => [.. Enumerable.Range(0, channels).SelectMany(channel => values[((channel * 4 * length) + row)..][..length])];
    }

    [Fact]
    public void A_recipe_that_looks_at_more_than_each_channels_newest_rows_does_not_slide()
    {
        FeatureRecipe[] recipes =
        [
            Vector(new FeatureSpec(FeatureKind.Mean)), new() { Features = PerStep },
            new() { Derived = [new DerivedChannel(DerivedKind.Magnitude, [0, 1])] },
            new() { Layout = TensorLayout.Vector, Standardisation = new Standardisation(new float[16], [.. Enumerable.Repeat(1f, 16)], 3) },
        ];
        foreach (var recipe in recipes)
        {
            var extractor = new FeatureExtractor(recipe, 2, 8, 1);
            Assert.False(extractor.Slides);
            Assert.Throws<InvalidOperationException>(() => extractor.ExtractNext(new float[2], new float[extractor.OutputLength]));
        }
    }

    [Fact]
    public void Extraction_allocates_nothing()
    {
        var recipe = new FeatureRecipe { SmoothingLength = 3, Compression = Compression.Asinh, Layout = TensorLayout.Vector, Features = All };
        var extractor = new FeatureExtractor(recipe, 2, 80, 100);
        var window = Plain.Noise(160, seed: 2);
        window[7] = float.NaN;
        var output = new float[extractor.OutputLength];
        extractor.Extract(window, Neutral, output);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            extractor.Extract(window, Neutral, output);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public static TheoryData<string, FeatureRecipe> Impossible => new()
    {
        { "no features", new FeatureRecipe { Features = [] } },
        { "Feature 1 (Rms): one value per window does not fit layout ChannelsByTime", new FeatureRecipe { Features = [
            new(FeatureKind.Values), new(FeatureKind.Rms)] } },
        { "Feature 0 (SpectrumBands): length 64 is longer than the window of 32", Vector(new FeatureSpec(FeatureKind.SpectrumBands, 64, 4)) },
        { "Feature 0 (MelBands): FFT length 24 is not a power of two", Vector(new FeatureSpec(FeatureKind.MelBands, 24, 4)) },
        { "Feature 0 (SpectrumBands): it needs at least one band", Vector(new FeatureSpec(FeatureKind.SpectrumBands, 32)) },
        { "Feature 0 (SpectrumBands): 40 bands are more than the 16 bins", Vector(new FeatureSpec(FeatureKind.SpectrumBands, 32, 40)) },
        { "Feature 0 (SpectrumBands): the upper edge 60 Hz lies above half the sampling rate, 50 Hz", Vector(
            new FeatureSpec(FeatureKind.SpectrumBands, 32, 4, 0, 60)) },
        { "Feature 0 (SpectrumBands): the lower edge 30 Hz is not within 0 and the upper edge 20 Hz", Vector(
            new FeatureSpec(FeatureKind.SpectrumBands, 32, 4, 30, 20)) },
        { "Feature 0 (MelBands): band 0 is narrower than a bin", Vector(new FeatureSpec(FeatureKind.MelBands, 32, 15, 0, 10)) },
        { "Feature 0 (RollingMean): length 33 is longer than the window of 32", new FeatureRecipe { Features = [new(FeatureKind.RollingMean, 33)] } },
        { "Feature 0 (RollingMean): length -1 is negative", new FeatureRecipe { Features = [new(FeatureKind.RollingMean, -1)] } },
        { "Feature 0 (Values): it takes no length, got 4", new FeatureRecipe { Features = [new(FeatureKind.Values, 4)] } },
        { "Feature 0 (Mean): it takes no bands", Vector(new FeatureSpec(FeatureKind.Mean, Bands: 4)) },
        { "Feature 0 (99): this kind is unknown", Vector(new FeatureSpec((FeatureKind)99)) },
        { "SmoothingLength 33 is not within 1 and the window of 32", new FeatureRecipe { SmoothingLength = 33 } },
        { "SmoothingLength 0", new FeatureRecipe { SmoothingLength = 0 } },
        { "Clip -1", new FeatureRecipe { Clip = -1 } },
        { "MinScale NaN", new FeatureRecipe { MinScale = float.NaN } },
        { "MinScaleOfRaw -1", new FeatureRecipe { MinScaleOfRaw = -1 } },
        { "Normalisation 9", new FeatureRecipe { Normalisation = (Normalisation)9 } },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void A_recipe_that_cannot_run_is_refused_with_the_feature_and_the_reason(string reason, FeatureRecipe recipe)
    {
        var error = Assert.Throws<ArgumentException>(() => new FeatureExtractor(recipe, 2, 32, 100));
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_sampling_rate_that_is_none_is_refused(double rateHz)
    {
        Assert.Contains("Sampling rate", Assert.Throws<ArgumentException>(() => new FeatureExtractor(new FeatureRecipe(), 1, 8, rateHz)).Message);
    }

    [Fact]
    public void Lengths_that_do_not_match_are_refused()
    {
        var extractor = new FeatureExtractor(new FeatureRecipe(), 2, 8, 1);
        Assert.Contains("window", Assert.Throws<ArgumentException>(() => extractor.Extract(new float[15], Neutral, new float[16])).Message);
        Assert.Contains("output", Assert.Throws<ArgumentException>(() => extractor.Extract(new float[16], Neutral, new float[15])).Message);
        Assert.Contains(
            "calibration",
            Assert.Throws<ArgumentException>(() => extractor.Extract(new float[16], new Calibration([0], [1]), new float[16])).Message);
    }

    private static FeatureRecipe Vector(FeatureSpec spec) => new() { Layout = TensorLayout.Vector, Features = [spec] };

    private static float[] Extract(FeatureExtractor extractor, float[] window, Calibration calibration)
    {
        var output = new float[extractor.OutputLength];
        extractor.Extract(window, calibration, output);
        return output;
    }

    private static IEnumerable<double> Reference(FeatureSpec spec, float[] x) => spec.Kind switch
    {
        FeatureKind.Mean => [Plain.Mean(x)],
        FeatureKind.Deviation => [Plain.Deviation(x)],
        FeatureKind.Rms => [Plain.Rms(x)],
        FeatureKind.CrestFactor => [x.Max(Math.Abs) / Plain.Rms(x)],
        FeatureKind.Kurtosis => [Plain.Moment(x, 4) / Math.Pow(Plain.Moment(x, 2), 2)],
        FeatureKind.Slope => [Plain.Rise(x)],
        FeatureKind.SpectrumBands => Bands(x, spec, (hz, binHz, band) =>
        {
            var width = 50.0 / spec.Bands;
            return Math.Max(0, Math.Min((band + 1) * width, hz + (binHz / 2)) - Math.Max(band * width, hz - (binHz / 2))) / binHz;
        }),
        FeatureKind.MelBands => Bands(x, spec, (hz, _, band) =>
        {
            double Edge(int i) => 700 * (Math.Pow(10, (Mel(spec.MinHz) + ((Mel(spec.MaxHz) - Mel(spec.MinHz)) * i / (spec.Bands + 1))) / 2595) - 1);
            return Math.Max(
                0, Math.Min((hz - Edge(band)) / (Edge(band + 1) - Edge(band)), (Edge(band + 2) - hz) / (Edge(band + 2) - Edge(band + 1))));
        }),
        _ => throw new ArgumentOutOfRangeException(nameof(spec)),
    };

    private static double Mel(double hz) => 2595 * Math.Log10(1 + (hz / 700));

    private static IEnumerable<double> Bands(float[] x, FeatureSpec spec, Func<double, double, int, double> weigh)
    {
        var power = Plain.Spectrum(x, spec.Length);
        var binHz = 100.0 / spec.Length;
        return Enumerable.Range(0, spec.Bands).Select(band => Math.Log(power.Select((p, bin) => p * weigh(bin * binHz, binHz, band)).Sum() + 1e-6));
    }

    private static void AssertRow(float[] expected, float[] got, string what)
    {
        Assert.Equal(expected.Length, got.Length);
        for (var t = 0; t < expected.Length; t++)
            Plain.Near(expected[t], got[t], 1e-5, $"{what} at {t}");
    }
}
