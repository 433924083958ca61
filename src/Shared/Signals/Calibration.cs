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

    /// <summary>Fits centre and scale on rows, by the recipe's normalisation.</summary>
    /// <param name="rows">Shape (N, C), row-major, N ≥ 1. Missing (NaN) and infinite values are left out, channel by channel.</param>
    /// <remarks>A channel without one finite value gets centre 0 and scale 1. O(N·C·log N); allocates.</remarks>
    /// <exception cref="ArgumentException">The rows are empty or no multiple of the channels.</exception>
    public static Calibration Fit(ReadOnlySpan<float> rows, int channels, FeatureRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        if (rows.IsEmpty || rows.Length % channels != 0)
            throw new ArgumentException($"Calibration: {rows.Length} values are not rows of {channels} channels.", nameof(rows));

        var centre = new float[channels];
        var scale = new float[channels];
        var column = new float[rows.Length / channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var count = 0;
            for (var i = channel; i < rows.Length; i += channels)
            {
                if (float.IsFinite(rows[i]))
                    column[count++] = rows[i];
            }
            (centre[channel], scale[channel]) = FitChannel(column.AsSpan(0, count), recipe);
        }
        return new Calibration(centre, scale);
    }

    private static (float Centre, float Scale) FitChannel(Span<float> values, FeatureRecipe recipe)
    {
        if (recipe.Normalisation == Normalisation.None || values.IsEmpty)
            return (0f, 1f);

        double centre, scale;
        switch (recipe.Normalisation)
        {
            case Normalisation.Robust:
                centre = Statistics.MedianInPlace(values);
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)Math.Abs(values[i] - centre);
                scale = MadToDeviation * Statistics.MedianInPlace(values);
                break;
            case Normalisation.ZScore:
                (centre, scale) = Statistics.MeanAndDeviation(values);
                break;
            default:
                throw new ArgumentException($"Normalisation {recipe.Normalisation} is unknown.", nameof(recipe));
        }

        var smallest = (recipe.MinScale * Math.Abs(centre)) + SmallestNormal;
        return ((float)centre, (float)Math.Min(Math.Max(scale, smallest), float.MaxValue));
    }
}
