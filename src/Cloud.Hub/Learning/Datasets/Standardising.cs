using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Fits the standardisation that a classifier ships with.</summary>
internal static class Standardising
{
    /// <summary>Smaller deviations are rounding of what never changes.</summary>
    private const double SmallestDeviation = 1e-6;

    /// <summary>Median and deviation of each value; a value that never changes is divided by 1.</summary>
    /// <param name="rows">Features of windows, of one length; at least one.</param>
    public static Standardisation Fit(IReadOnlyList<float[]> rows, float clip)
    {
        var length = rows[0].Length;
        var (centre, scale) = (new float[length], new float[length]);
        var column = new float[rows.Count];
        for (var f = 0; f < length; f++)
        {
            for (var i = 0; i < column.Length; i++) column[i] = rows[i][f];
            var deviation = Statistics.MeanAndDeviation(column).Deviation;
            centre[f] = (float)Statistics.MedianInPlace(column);
            scale[f] = deviation > SmallestDeviation ? (float)deviation : 1f;
        }

        return new Standardisation(centre, scale, clip);
    }
}
