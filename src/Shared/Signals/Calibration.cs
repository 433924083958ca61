using Hmas.Contracts.Models;

namespace Hmas.Signals;

/// <summary>Centre and scale of each channel, taken from a device's own healthy rows: normalised = (value − centre) / scale.</summary>
/// <param name="Centre">Shape (C,), unit of the channel, finite.</param>
/// <param name="Scale">Shape (C,), unit of the channel, finite and &gt; 0.</param>
public sealed record Calibration(float[] Centre, float[] Scale)
{
    /// <summary>Makes the median absolute deviation of a normal distribution equal to its standard deviation: 1 / Φ⁻¹(3/4).</summary>
    private const double MadToDeviation = 1.4826;

    /// <summary>Smallest normal float: what keeps the divisor of an all-zero channel above zero.</summary>
    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>Leaves every channel as it comes: for recipes that ship their own standardisation.</summary>
    public static Calibration None(int channels) => new(new float[channels], [.. Enumerable.Repeat(1f, channels)]);

    /// <summary>Fits centre and scale on rows, by the recipe's smoothing, normalisation and floors; rows of a start-up (<see cref="Settling"/>)
    /// are left out.</summary>
    /// <param name="rows">Shape (N, C), row-major, N at least the recipe's smoothing length. Missing (NaN)
    /// and infinite values are left out, channel by channel.</param>
    /// <remarks>A channel without one finite value gets centre 0 and scale 1. O(N·C·log N); allocates.</remarks>
    /// <exception cref="ArgumentException">Too few rows, no multiple of the channels, or a normalisation that does not exist.</exception>
    public static Calibration Fit(ReadOnlySpan<float> rows, int channels, FeatureRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recipe.SmoothingLength);
        rows = rows[(Settling.FirstRow(rows, channels) * channels)..];
        var count = rows.Length / channels;
        if (rows.Length % channels != 0 || count < recipe.SmoothingLength)
            throw new ArgumentException(
                $"Calibration: {rows.Length} values are not at least {recipe.SmoothingLength} rows of {channels} channels.", nameof(rows));

        var centre = new float[channels];
        var scale = new float[channels];
        var raw = new float[count];
        var smoothed = new float[count - recipe.SmoothingLength + 1];
        for (var channel = 0; channel < channels; channel++)
        {
            for (var row = 0; row < count; row++)
                raw[row] = rows[(row * channels) + channel];
            Statistics.CausalMean(raw, recipe.SmoothingLength, smoothed);
            (centre[channel], scale[channel]) = FitChannel(KeepFinite(raw), KeepFinite(smoothed), recipe);
        }
        return new Calibration(centre, scale);
    }

    private static (float Centre, float Scale) FitChannel(Span<float> raw, Span<float> smoothed, FeatureRecipe recipe)
    {
        if (recipe.Normalisation == Normalisation.None || smoothed.IsEmpty)
            return (0f, 1f);

        var (mean, deviation) = Statistics.MeanAndDeviation(smoothed);
        var (centre, scale) = recipe.Normalisation switch
        {
            Normalisation.Robust => MedianAndMad(smoothed),
            Normalisation.ZScore => (mean, deviation),
            Normalisation.MedianDeviation => (Statistics.MedianInPlace(smoothed), deviation),
            _ => throw new ArgumentException($"Normalisation {recipe.Normalisation} is unknown.", nameof(recipe)),
        };
        if (recipe.MinScaleOfRaw > 0)
            scale = Math.Max(scale, recipe.MinScaleOfRaw * Statistics.MeanAndDeviation(raw).Deviation);
        scale = Math.Max(scale, (recipe.MinScale * Math.Abs(centre)) + SmallestNormal);
        return ((float)centre, (float)Math.Min(scale, float.MaxValue));
    }

    private static (double Centre, double Scale) MedianAndMad(Span<float> values)
    {
        var median = Statistics.MedianInPlace(values);
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)Math.Abs(values[i] - median);
        return (median, MadToDeviation * Statistics.MedianInPlace(values));
    }

    private static Span<float> KeepFinite(Span<float> values)
    {
        var kept = 0;
        foreach (var value in values)
        {
            if (float.IsFinite(value))
                values[kept++] = value;
        }
        return values[..kept];
    }
}
