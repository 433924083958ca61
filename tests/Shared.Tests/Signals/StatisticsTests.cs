using FsCheck.Xunit;
using Hmas.Signals;

namespace Shared.Tests.Signals;

public class StatisticsTests
{
    [Property(MaxTest = 300)]
    public void Window_statistics_equal_their_plain_definitions(int seed, byte size, sbyte offset)
    {
        var values = Plain.Noise(size + 2, seed, offset);
        var scratch = new float[values.Length];
        var what = $"seed {seed}, {values.Length} values, offset {offset}";

        Plain.Near(Plain.Mean(values), Statistics.Mean(values), 1e-5, $"mean of {what}");
        Plain.Near(Plain.Deviation(values), Statistics.Deviation(values, scratch), 1e-4, $"deviation of {what}");
        Plain.Near(Plain.Rms(values), Statistics.Rms(values), 1e-5, $"RMS of {what}");
        Plain.Near(values.Max(Math.Abs) / Plain.Rms(values), Statistics.CrestFactor(values), 1e-4, $"crest factor of {what}");
        Plain.Near(Plain.Moment(values, 4) / Math.Pow(Plain.Moment(values, 2), 2), Statistics.Kurtosis(values, scratch), 1e-3, $"kurtosis of {what}");
        Plain.Near(Plain.Rise(values), Statistics.Slope(values, Statistics.RiseWeights(values.Length)), 1e-4, $"rise of {what}");
        var (mean, deviation) = Statistics.MeanAndDeviation(values);
        Plain.Near(Plain.Mean(values), mean, 1e-9, $"calibration mean of {what}");
        Plain.Near(Plain.Deviation(values), deviation, 1e-9, $"calibration deviation of {what}");
    }

    [Property(MaxTest = 300)]
    public void Rolling_statistics_look_at_the_newest_values_only(int seed, byte size, byte window)
    {
        var values = Plain.Noise(size + 1, seed, offset: 1000, scale: 0.1);
        var length = (window % values.Length) + 1;
        var output = new float[values.Length];

        Statistics.RollingMean(values, length, output);
        var expected = Plain.Rolling(values, length, Plain.Mean);
        for (var t = 0; t < values.Length; t++)
            Plain.Near(expected[t], output[t], 1e-6, $"rolling mean of {length} at {t}, seed {seed}");

        Statistics.RollingDeviation(values, length, output);
        expected = Plain.Rolling(values, length, Plain.Deviation);
        for (var t = 0; t < values.Length; t++)
            Plain.Near(expected[t], output[t], 1e-5, $"rolling deviation of {length} at {t}, seed {seed}");
    }

    [Property(MaxTest = 300)]
    public void Median_and_quantiles_equal_the_sorted_values(int seed, byte size, byte hundredths)
    {
        var values = Plain.Noise(size + 1, seed);
        Assert.Equal(Plain.Median(values), Statistics.MedianInPlace((float[])values.Clone()));

        var quantile = Math.Min(hundredths, (byte)100) / 100.0;
        var sorted = values.Order().ToArray();
        var position = quantile * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(position)], sorted[(int)Math.Ceiling(position)]);
        Plain.Near(
            below + ((position - Math.Floor(position)) * (above - (double)below)), Statistics.QuantileInPlace((float[])values.Clone(), quantile),
            1e-9, $"quantile {quantile}, seed {seed}");
    }

    [Fact]
    public void A_constant_channel_has_no_deviation_kurtosis_or_rise_and_crest_factor_one()
    {
        // 0.1 is no float: its mean is off by rounding, which must not look like a signal.
        var values = Enumerable.Repeat(0.1f, 1000).ToArray();
        var scratch = new float[1000];
        Plain.Near(0, Statistics.Deviation(values, scratch), 1e-6, "deviation");
        Assert.Equal(0, Statistics.Kurtosis(values, scratch));
        Plain.Near(0, Statistics.Slope(values, Statistics.RiseWeights(1000)), 1e-6, "rise");
        Plain.Near(1, Statistics.CrestFactor(values), 1e-5, "crest factor");
        Statistics.RollingDeviation(values, 7, scratch);
        Assert.All(scratch, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Silence_has_crest_factor_and_kurtosis_zero()
    {
        Assert.Equal(0, Statistics.CrestFactor(new float[16]));
        Assert.Equal(0, Statistics.Kurtosis(new float[16], new float[16]));
    }

    [Fact]
    public void One_value_is_a_window()
    {
        float[] one = [5];
        var output = new float[1];
        Statistics.Differences(one, output);
        Assert.Equal(0, output[0]);
        Assert.Equal(0, Statistics.Slope(one, Statistics.RiseWeights(1)));
        Assert.Equal(0, Statistics.Kurtosis(one, output));
        Statistics.RollingDeviation(one, 1, output);
        Assert.Equal(0, output[0]);
    }

    [Fact]
    public void A_ramp_rises_by_its_height_and_differs_by_its_step()
    {
        var ramp = Enumerable.Range(0, 11).Select(t => 2f * t).ToArray();
        Plain.Near(20, Statistics.Slope(ramp, Statistics.RiseWeights(11)), 1e-6, "rise");
        var differences = new float[11];
        Statistics.Differences(ramp, differences);
        Assert.Equal([0f, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], differences);
    }

    [Fact]
    public void A_sine_has_its_textbook_crest_factor_and_kurtosis()
    {
        var sine = Plain.Sine(1000, hz: 10, rateHz: 1000);
        Plain.Near(Math.Sqrt(2), Statistics.CrestFactor(sine), 1e-4, "crest factor");
        Plain.Near(1.5, Statistics.Kurtosis(sine, new float[1000]), 1e-4, "kurtosis");
    }

    [Fact]
    public void A_causal_mean_leaves_missing_values_out_and_infinite_ones_do_not_stay()
    {
        float[] values = [1, float.NaN, 3, float.NaN, float.NaN, 6, float.PositiveInfinity, 8, 9, float.NegativeInfinity];
        var output = new float[9];
        Statistics.CausalMean(values, 2, output);
        Assert.Equal([1, 3, 3, float.NaN, 6, float.PositiveInfinity, float.PositiveInfinity, 8.5f, float.NegativeInfinity], output);
    }

    [Property(MaxTest = 200)]
    public void A_causal_mean_of_complete_values_is_their_mean(int seed, byte size, byte window)
    {
        var values = Plain.Noise(size + 1, seed, offset: 50);
        var length = (window % values.Length) + 1;
        var output = new float[values.Length - length + 1];
        Statistics.CausalMean(values, length, output);
        for (var t = 0; t < output.Length; t++)
            Plain.Near(Plain.Mean(values[t..(t + length)]), output[t], 1e-6, $"mean of {length} at {t}, seed {seed}");
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_quantile_out_of_range_is_refused(double quantile)
    {
        Assert.Throws<ArgumentException>(() => Statistics.QuantileInPlace(new float[3], quantile));
    }
}
