using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Fits;

/// <summary>Windows of one run of a machine among those that judge epochs.</summary>
/// <param name="Windows">How many; they follow those of the run before.</param>
internal sealed record JudgingRun(string Run, int Windows)
{
    /// <param name="windows">Those of a run follow each other.</param>
    public static IReadOnlyList<JudgingRun> Of(IReadOnlyList<LabelledWindow> windows)
    {
        var runs = new List<JudgingRun>();
        foreach (var window in windows)
        {
            if (runs.Count > 0 && runs[^1].Run == window.Run) runs[^1] = runs[^1] with { Windows = runs[^1].Windows + 1 };
            else runs.Add(new JudgingRun(window.Run, 1));
        }

        return runs;
    }
}
