namespace Hmas.Signals;

/// <summary>Where the rows of a machine's steady state begin, when it was started within the rows that a device is fitted to: what lies before
/// would widen every scale until nothing is unusual.</summary>
/// <remarks>
/// The second half of the rows is taken for the steady state. A block of ten rows of the first half whose median lies further from its mean than
/// <see cref="Bar"/> of its standard deviations is a start, and everything up to the last such block, of any channel, is left out: half of the
/// rows at most. Healthy rows of eleven SKAB recordings lie within 7, those of its healthy recording within 12, so nothing
/// but a change of the machine's state is left out. A channel that does not move in the second half says nothing.
/// </remarks>
public static class Settling
{
    /// <summary>Standard deviations.</summary>
    private const double Bar = 20;

    /// <summary>Smallest standard deviation as a share of the mean: a converter that flickers between two steps is no scale.</summary>
    private const double SmallestShare = 1e-3;

    private const int BlockRows = 10;

    /// <summary>Fewer are no steady state.</summary>
    private const int MinRows = 8 * BlockRows;

    /// <summary>First row of the steady state; 0 when the machine was not started within the rows.</summary>
    /// <param name="rows">Shape (N, C), row-major; NaN is missing.</param>
    /// <remarks>O(N·C); allocates.</remarks>
    public static int FirstRow(ReadOnlySpan<float> rows, int channels)
    {
        var count = rows.Length / channels;
        if (count < MinRows) return 0;
        var half = count / 2;
        var steady = new float[count - half];
        var first = 0;
        for (var channel = 0; channel < channels; channel++)
        {
            var (mean, deviation) = Statistics.MeanAndDeviation(Take(rows, channels, channel, half, steady));
            if (!(deviation > 0)) continue;
            var most = Bar * Math.Max(deviation, SmallestShare * Math.Abs(mean));
            for (var row = half / BlockRows * BlockRows; row > first; row -= BlockRows)
            {
                var block = Take(rows, channels, channel, row - BlockRows, steady.AsSpan(0, BlockRows));
                if (block.IsEmpty || Math.Abs(Statistics.MedianInPlace(block) - mean) <= most) continue;
                first = row;
                break;
            }
        }

        return first;
    }

    /// <summary>Finite values of a channel from a row on, as many rows as there is room for.</summary>
    private static Span<float> Take(ReadOnlySpan<float> rows, int channels, int channel, int from, Span<float> values)
    {
        var kept = 0;
        for (var row = from; row < from + values.Length; row++)
        {
            if (rows[(row * channels) + channel] is var value && float.IsFinite(value)) values[kept++] = value;
        }

        return values[..kept];
    }
}
