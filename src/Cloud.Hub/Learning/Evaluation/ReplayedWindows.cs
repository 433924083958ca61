using Cloud.Hub.Learning.Datasets;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>All windows that lie in unbroken stretches of a run's kept rows, in time order.</summary>
internal static class ReplayedWindows
{
    /// <param name="window">(C, T), overwritten before each is returned.</param>
    /// <returns>The last row of each.</returns>
    public static IEnumerable<RunRows.Row> Of(RunRows run, int length, int stride, float[] window)
    {
        foreach (var segment in run.Segments())
        {
            for (var end = length - 1; end < segment.Count; end += stride)
            {
                for (var t = 0; t < length; t++)
                {
                    for (var c = 0; c < run.Channels; c++) window[(c * length) + t] = segment[end - length + 1 + t].Values[c];
                }

                yield return segment[end];
            }
        }
    }
}
