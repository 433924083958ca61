using FsCheck.Xunit;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Shared.Tests.Signals;

public class DerivedFeatureTests
{
    private const int Steps = 32;

    private static readonly Calibration Neutral = new([0f, 0f, 0f], [1f, 1f, 1f]);

    [Property(MaxTest = 30)]
    public void Derived_channels_equal_their_plain_definitions(int seed)
    {
        var window = Plain.Noise(3 * Steps, seed, offset: 0.5);
        var output = Extract(window,
            [new(DerivedKind.Magnitude, [0, 1, 2]), new(DerivedKind.AlongMean, [0, 1, 2], 8), new(DerivedKind.AcrossMean, [0, 1, 2], 8),
                new(DerivedKind.Asinh, [1])],
            new FeatureSpec(FeatureKind.Values) { Channels = [3, 4, 5, 6] });

        var direction = Enumerable.Range(0, 3).Select(c => Plain.Mean(window[((c * Steps) + Steps - 8)..((c + 1) * Steps)])).ToArray();
        var length = Math.Sqrt(direction.Sum(d => d * d));
        for (var t = 0; t < Steps; t++)
        {
            double[] row = [window[t], window[Steps + t], window[(2 * Steps) + t]];
            var size = Math.Sqrt(row.Sum(v => v * v));
            var along = row.Zip(direction, (v, d) => v * d / length).Sum();
            Plain.Near(size, output[t], 1e-5, $"magnitude at {t}, seed {seed}");
            Plain.Near(along, output[Steps + t], 1e-5, $"along at {t}, seed {seed}");
            Plain.Near(Math.Sqrt(Math.Max(0, (size * size) - (along * along))), output[(2 * Steps) + t], 2e-3, $"across at {t}, seed {seed}");
            Plain.Near(Math.Asinh(row[1]), output[(3 * Steps) + t], 1e-5, $"asinh at {t}, seed {seed}");
        }
    }

    [Property(MaxTest = 30)]
    public void Features_of_the_window_s_end_equal_their_plain_definitions(int seed)
    {
        var window = Plain.Noise(3 * Steps, seed);
        var x = window[..Steps];
        var output = Extract(window, [],
            new FeatureSpec(FeatureKind.Mean) { Rows = 5, Channels = [0] },
            new FeatureSpec(FeatureKind.LogDeviation) { Rows = 8, Channels = [0] },
            new FeatureSpec(FeatureKind.LogDifferenceDeviation) { Rows = 8, Channels = [0] },
            new FeatureSpec(FeatureKind.MeanChange) { Rows = 4, Lag = 10, Channels = [0] },
            new FeatureSpec(FeatureKind.PeakLogDeviation, 8) { Rows = 16, Channels = [0] });

        Plain.Near(Plain.Mean(x[^5..]), output[0], 1e-5, "mean of the last rows");
        Plain.Near(Math.Log(Plain.Deviation(x[^8..]) + 1e-3), output[1], 1e-4, "log deviation");
        Plain.Near(
            Math.Log(Plain.Deviation([.. x[^7..].Zip(x[^8..^1], (now, before) => now - before)]) + 1e-3), output[2], 1e-4,
            "log deviation of differences");
        Plain.Near(Plain.Mean(x[^4..]) - Plain.Mean(x[^14..^10]), output[3], 1e-5, "change of the mean");
        Plain.Near(Math.Log(new[] { x[^8..], x[^12..^4], x[^16..^8] }.Max(Plain.Deviation) + 1e-3), output[4], 1e-4, "peak deviation");
    }

    [Fact]
    public void A_window_of_zeros_has_no_direction_and_stays_finite()
    {
        var output = Extract(new float[3 * Steps], [new(DerivedKind.AlongMean, [0, 1, 2]), new(DerivedKind.AcrossMean, [0, 1, 2])],
            new FeatureSpec(FeatureKind.Values) { Channels = [3, 4] }, new FeatureSpec(FeatureKind.LogDifferenceDeviation) { Rows = 1 });
        Assert.All(output, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Standardisation_comes_last_and_clips_before_it_compresses()
    {
        var recipe = Recipe([], new FeatureSpec(FeatureKind.Mean)) with { Standardisation = new Standardisation([1, 1, 1], [2, 2, 2], 3) };
        var window = new float[3 * Steps];
        window.AsSpan(0, Steps).Fill(3);
        window.AsSpan(Steps, Steps).Fill(100);
        var output = new float[3];
        new FeatureExtractor(recipe, 3, Steps, 1).Extract(window, Neutral, output);
        Plain.Near(Math.Asinh(1), output[0], 1e-6, "inside");
        Plain.Near(Math.Asinh(3), output[1], 1e-6, "clipped");
        Plain.Near(Math.Asinh(-0.5), output[2], 1e-6, "below the centre");
    }

    public static TheoryData<string, FeatureRecipe> Impossible => new()
    {
        { "Feature 0 (Mean): 33 rows are not within the window of 32", Recipe([], new FeatureSpec(FeatureKind.Mean) { Rows = 33 }) },
        { "Feature 0 (Mean): channel 3 is none of the 3", Recipe([], new FeatureSpec(FeatureKind.Mean) { Channels = [3] }) },
        { "Feature 0 (Mean): it takes no lag", Recipe([], new FeatureSpec(FeatureKind.Mean) { Lag = 1 }) },
        { "Feature 0 (MeanChange): 16 rows and a lag of 17 do not fit", Recipe([], new FeatureSpec(FeatureKind.MeanChange) { Rows = 16, Lag = 17 }) },
        { "Feature 0 (MeanChange): 16 rows and a lag of 0 do not fit", Recipe([], new FeatureSpec(FeatureKind.MeanChange) { Rows = 16 }) },
        { "Feature 0 (Values): rows do not fit layout ChannelsByTime", Recipe([], new FeatureSpec(FeatureKind.Values) { Rows = 4 })
            with { Layout = TensorLayout.ChannelsByTime } },
        { "Derived channel 0 (Asinh): it takes one channel, got 2", Recipe([new(DerivedKind.Asinh, [0, 1])], new FeatureSpec(FeatureKind.Mean)) },
        { "Derived channel 0 (Magnitude): a channel is none of the 3", Recipe([new(DerivedKind.Magnitude, [3])], new FeatureSpec(FeatureKind.Mean)) },
        { "Derived channel 0 (9): this kind is unknown", Recipe([new((DerivedKind)9, [0])], new FeatureSpec(FeatureKind.Mean)) },
        { "Standardisation: 1 centres and 1 scales for a vector of 3", Recipe([], new FeatureSpec(FeatureKind.Mean))
            with { Standardisation = new Standardisation([0], [1], 1) } },
        { "Standardisation: centres must be finite", Recipe([], new FeatureSpec(FeatureKind.Mean))
            with { Standardisation = new Standardisation([0, 0, 0], [1, 0, 1], 1) } },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void A_recipe_that_cannot_run_is_refused_with_the_part_and_the_reason(string reason, FeatureRecipe recipe)
    {
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new FeatureExtractor(recipe, 3, Steps, 1)).Message);
    }

    private static FeatureRecipe Recipe(IReadOnlyList<DerivedChannel> derived, params FeatureSpec[] features) =>
        new() { Normalisation = Normalisation.None, Clip = 0, Layout = TensorLayout.Vector, Derived = derived, Features = features };

    private static float[] Extract(float[] window, IReadOnlyList<DerivedChannel> derived, params FeatureSpec[] features)
    {
        var extractor = new FeatureExtractor(Recipe(derived, features), 3, Steps, 1);
        var output = new float[extractor.OutputLength];
        extractor.Extract(window, Neutral, output);
        return output;
    }
}
