using FsCheck.Xunit;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Shared.Tests.Signals;

public class CalibrationTests
{
    private static readonly FeatureRecipe Bare = new() { MinScale = 0 };

    [Property(MaxTest = 200)]
    public void Robust_is_the_median_and_the_scaled_median_absolute_deviation(int seed, byte count)
    {
        var column = Plain.Noise(count + 3, seed, offset: 20, scale: 3);
        var calibration = Calibration.Fit(column, 1, Bare with { Normalisation = Normalisation.Robust });
        var median = Plain.Median(column);
        Plain.Near(median, calibration.Centre[0], 1e-6, $"centre, seed {seed}");
        Plain.Near(1.4826 * Plain.Median(column.Select(v => (float)Math.Abs(v - median))), calibration.Scale[0], 1e-5, $"scale, seed {seed}");
    }

    [Property(MaxTest = 200)]
    public void Each_channel_is_fitted_on_its_own_column(int seed, byte count)
    {
        var first = Plain.Noise(count + 3, seed, offset: -5);
        var second = Plain.Noise(count + 3, seed + 1, offset: 9, scale: 4);
        var rows = first.Zip(second, (a, b) => new[] { a, b }).SelectMany(row => row).ToArray();

        var score = Calibration.Fit(rows, 2, Bare with { Normalisation = Normalisation.ZScore });
        Plain.Near(Plain.Mean(first), score.Centre[0], 1e-5, $"mean, seed {seed}");
        Plain.Near(Plain.Deviation(second), score.Scale[1], 1e-5, $"deviation, seed {seed}");

        var mixed = Calibration.Fit(rows, 2, Bare with { Normalisation = Normalisation.MedianDeviation });
        Plain.Near(Plain.Median(second), mixed.Centre[1], 1e-5, $"median, seed {seed}");
        Plain.Near(Plain.Deviation(first), mixed.Scale[0], 1e-5, $"deviation beside the median, seed {seed}");
    }

    [Theory]
    [InlineData(Normalisation.Robust)]
    [InlineData(Normalisation.ZScore)]
    [InlineData(Normalisation.MedianDeviation)]
    public void A_constant_channel_gets_the_smallest_scale_that_the_recipe_allows(Normalisation normalisation)
    {
        var rows = Enumerable.Repeat(new[] { 200f, 0f }, 10).SelectMany(row => row).ToArray();
        var calibration = Calibration.Fit(rows, 2, new FeatureRecipe { Normalisation = normalisation, MinScale = 1e-3f });
        Assert.Equal([200f, 0f], calibration.Centre);
        Plain.Near(0.2, calibration.Scale[0], 1e-6, "scale of a constant 200");
        Assert.Equal(1.17549435e-38f, calibration.Scale[1]);
    }

    [Fact]
    public void Missing_and_infinite_values_are_left_out()
    {
        float[] rows = [1, float.NaN, 2, float.PositiveInfinity, 3, float.NegativeInfinity, 4, 5];
        Assert.Equal(3f, Calibration.Fit(rows, 1, Bare).Centre[0]);
    }

    [Fact]
    public void A_channel_without_one_value_is_left_as_it_is()
    {
        var calibration = Calibration.Fit([1, float.NaN, 2, float.NaN], 2, Bare);
        Assert.Equal(0, calibration.Centre[1]);
        Assert.Equal(1, calibration.Scale[1]);
    }

    [Fact]
    public void No_normalisation_is_centre_zero_and_scale_one()
    {
        var calibration = Calibration.Fit([5, 6, 7], 1, new FeatureRecipe { Normalisation = Normalisation.None });
        Assert.Equal((0f, 1f), (calibration.Centre[0], calibration.Scale[0]));
    }

    [Fact]
    public void Normalisation_is_fitted_on_the_smoothed_rows_with_a_floor_from_the_raw_ones()
    {
        var raw = Plain.Noise(300, seed: 3, offset: 10);
        var smoothed = Enumerable.Range(0, 291).Select(t => (float)Plain.Mean(raw[t..(t + 10)])).ToArray();
        var recipe = Bare with { SmoothingLength = 10, Normalisation = Normalisation.ZScore };

        var calibration = Calibration.Fit(raw, 1, recipe);
        Plain.Near(Plain.Mean(smoothed), calibration.Centre[0], 1e-5, "centre");
        Plain.Near(Plain.Deviation(smoothed), calibration.Scale[0], 1e-5, "scale");

        var floored = Calibration.Fit(raw, 1, recipe with { MinScaleOfRaw = 0.9f });
        Plain.Near(0.9 * Plain.Deviation(raw), floored.Scale[0], 1e-5, "floored scale");
    }

    [Fact]
    public void Rows_that_are_no_multiple_of_the_channels_or_too_few_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Calibration.Fit([1, 2, 3], 2, Bare));
        Assert.Throws<ArgumentException>(() => Calibration.Fit([], 2, Bare));
        Assert.Throws<ArgumentException>(() => Calibration.Fit([1, 2, 3], 1, Bare with { SmoothingLength = 4 }));
    }
}
