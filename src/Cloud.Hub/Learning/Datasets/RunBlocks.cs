namespace Cloud.Hub.Learning.Datasets;

/// <summary>Cuts a run that goes on into blocks, each of which is learnt from or judged on for good: a machine that never stops has one run, and
/// something of it must be kept from the fit.</summary>
/// <remarks>
/// Blocks lie on the sampling grid, so that a row's block stays what it is however the run grows. The first takes what comes before its second
/// border: a run of up to <see cref="Rows"/> rows is whole, one of twice as many mostly. A fault belongs to the block in which it began, and between
/// two parts a gap is left out (a blocked split with a purge; Bergmeir and Benítez 2012): no fault, and no rows a window apart, stand on both sides.
/// </remarks>
internal static class RunBlocks
{
    /// <summary>Of a block: 20 minutes at a row a second, as long as the recordings that a device cuts before it has a model.</summary>
    public const int Rows = 1200;

    /// <summary>What a row's block is called.</summary>
    /// <param name="first">Place of the run's first row.</param>
    /// <param name="place">Of the row.</param>
    public static string NameOf(string runId, long first, long place) =>
        place / Rows <= (first / Rows) + 1 ? runId : $"{runId}#{place / Rows}";

    /// <summary>The blocks of a run that have rows, in time order.</summary>
    public static IReadOnlyList<SplitGroup> Of(FleetExperience experience, RunRows run)
    {
        var first = run.Rows.First().Place;
        var blocks = new List<string>();
        var faults = new Dictionary<string, string>();
        foreach (var row in run.Rows)
        {
            var own = NameOf(run.RunId, first, row.Place);
            if (blocks.Count == 0 || blocks[^1] != own) blocks.Add(own);
            if (experience.LabelsOf(run).AnomalyAt(run.RunId, row.TimeUs) is { } fault) faults.TryAdd(BeginOf(run, first, fault), fault.Label);
        }

        return [.. blocks.Select(block => new SplitGroup([block], faults.GetValueOrDefault(block)))];
    }

    /// <summary>The run's rows by what they are for; the run itself where all are for the same.</summary>
    /// <param name="partOf">Of a block.</param>
    /// <param name="gap">Rows at least between two parts.</param>
    public static IEnumerable<(RunPart Part, RunRows Rows)> Part(
        FleetExperience experience, RunRows run, Func<string, RunPart> partOf, int gap)
    {
        var first = run.Rows.First().Place;
        var parts = Of(experience, run).Select(static block => block.Names.Single()).ToDictionary(block => block, partOf);
        if (parts.Values.Distinct().Count() == 1) return [(parts.Values.First(), run)];
        var taken = new Dictionary<RunPart, List<long>>();
        foreach (var row in run.Rows)
        {
            var part = parts[NameOf(run.RunId, first, row.Place)];
            if (experience.LabelsOf(run).AnomalyAt(run.RunId, row.TimeUs) is { } fault
                && parts.GetValueOrDefault(BeginOf(run, first, fault), part) != part) continue;
            if (taken.Any(other => other.Key != part && row.Place - other.Value[^1] <= gap)) continue;
            if (!taken.TryGetValue(part, out var places)) taken.Add(part, places = []);
            places.Add(row.Place);
        }

        return taken.Select(pair => (pair.Key, run.Only(pair.Value)));
    }

    /// <summary>The block in which a fault began.</summary>
    private static string BeginOf(RunRows run, long first, Hmas.Contracts.Facts.OutcomeLabel fault) =>
        NameOf(run.RunId, first, Math.Max(first, run.PlaceOf(fault.FromUs)));
}
