using FsCheck.Xunit;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Shared.Tests.Signals;

/// <summary>A machine that is started within the rows that its device is fitted to.</summary>
public class SettlingTests
{
    private const int Rows = 200;

    [Property(MaxTest = 100)]
    public void Rows_of_a_start_up_are_left_out_and_the_calibration_is_that_of_the_rest(int seed, byte start)
    {
        var standing = 10 + (start % 80);
        var rows = Running(seed);
        for (var row = 0; row < standing; row++) rows[(row * 2) + 1] = 0.1f * rows[(row * 2) + 1];
        var first = Settling.FirstRow(rows, 2);
        // A block of ten that the start lies in is standing by its median, or running.
        Assert.InRange(first, standing - 5, standing + 5);
        var recipe = new FeatureRecipe { Normalisation = Normalisation.MedianDeviation };
        var (all, rest) = (Calibration.Fit(rows, 2, recipe), Calibration.Fit(rows.AsSpan(first * 2), 2, recipe));
        Assert.Equal(rest.Centre, all.Centre);
        Assert.Equal(rest.Scale, all.Scale);
    }

    [Property(MaxTest = 100)]
    public void Healthy_rows_that_wander_or_rise_are_all_taken(int seed)
    {
        var rows = Running(seed);
        // By seven standard deviations from the first row to the last.
        for (var row = 0; row < Rows; row++) rows[row * 2] += 7f * row / Rows;
        Assert.Equal(0, Settling.FirstRow(rows, 2));
    }

    [Fact]
    public void No_more_than_half_of_the_rows_is_left_out()
    {
        var rows = Running(seed: 1);
        for (var row = 0; row < 90; row++) rows[row * 2] = 0;
        Assert.Equal(90, Settling.FirstRow(rows, 2));
        for (var row = 90; row < 120; row++) rows[row * 2] = 0;
        Assert.InRange(Settling.FirstRow(rows, 2), 0, Rows / 2);
    }

    [Fact]
    public void A_few_spikes_missing_values_and_a_channel_that_stands_still_are_no_start_up()
    {
        var rows = Running(seed: 2);
        (rows[0], rows[20], rows[40]) = (1e6f, float.NaN, float.PositiveInfinity);
        for (var row = 0; row < Rows; row++) rows[(row * 2) + 1] = row < 50 ? 3 : 4;
        Assert.Equal(0, Settling.FirstRow(rows, 2));
        Assert.Equal(0, Settling.FirstRow(rows.AsSpan(0, 100), 2));
        Assert.Equal(0, Settling.FirstRow([], 2));
    }

    /// <summary>Shape (<see cref="Rows"/>, 2): around 50 and 120, each with deviation 1.</summary>
    private static float[] Running(int seed)
    {
        var (first, second) = (Plain.Noise(Rows, seed, offset: 50), Plain.Noise(Rows, seed + 1, offset: 120));
        return [.. first.Zip(second, static (a, b) => new[] { a, b }).SelectMany(static row => row)];
    }
}
