using Cloud.Hub.Learning.Corpora.Classes;
using Hmas.Signals;

namespace Cloud.Hub.Learning.Corpora.Gas;

/// <summary>Moves samples of a gas that recent batches lack to where the sensors are now: by the median, over
/// the gases that both batches have, of how far their means went.</summary>
/// <remarks>In logarithms, where an ageing sensor's gain is a shift common to all gases. Reads labels of earlier batches only.</remarks>
internal static class DriftTransport
{
    /// <summary>A gas counts as present in a batch from this many rows on.</summary>
    private const int FewRows = 10;

    /// <summary>Gases that must be present on both sides.</summary>
    private const int LeastGases = 2;

    /// <param name="batches">Samples of each batch, in time order.</param>
    /// <returns>Moved copies; the originals are not among them.</returns>
    public static IEnumerable<ClassSample> Moved(IReadOnlyList<IReadOnlyList<ClassSample>> batches, int classes)
    {
        for (var c = 0; c < classes; c++)
        {
            for (var from = 0; from < batches.Count - 1; from++)
            {
                var samples = batches[from].Where(sample => sample.Class == c).ToList();
                if (samples.Count == 0) continue;
                for (var to = from + 1; to < batches.Count; to++)
                {
                    if (batches[to].Count(sample => sample.Class == c) >= FewRows || Shift(batches[from], batches[to], c, classes) is not { } shift)
                        continue;
                    foreach (var sample in samples)
                        yield return sample with { Features = [.. sample.Features.Zip(shift, (value, moved) => value + moved)] };
                }
            }
        }
    }

    /// <summary>(F,); null when too few gases are on both sides.</summary>
    private static float[]? Shift(IReadOnlyList<ClassSample> from, IReadOnlyList<ClassSample> to, int moved, int classes)
    {
        var shifts = new List<float[]>();
        for (var c = 0; c < classes; c++)
        {
            if (c == moved || Mean(from, c) is not { } before || Mean(to, c) is not { } after) continue;
            shifts.Add([.. after.Zip(before, (a, b) => a - b)]);
        }

        if (shifts.Count < LeastGases) return null;
        return [.. Enumerable.Range(0, shifts[0].Length).Select(f => (float)Statistics.MedianInPlace([.. shifts.Select(shift => shift[f])]))];
    }

    private static float[]? Mean(IReadOnlyList<ClassSample> batch, int c)
    {
        var samples = batch.Where(sample => sample.Class == c).ToList();
        return samples.Count < FewRows
            ? null : [.. Enumerable.Range(0, samples[0].Features.Length).Select(f => samples.Average(sample => sample.Features[f]))];
    }
}
