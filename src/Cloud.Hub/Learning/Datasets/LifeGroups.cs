namespace Cloud.Hub.Learning.Datasets;

/// <summary>Runs of one machine between two failures: the machine is the same, so they are one life that no split may part.</summary>
internal static class LifeGroups
{
    /// <param name="runs">Each with at least one row.</param>
    /// <returns>Every run once; those of a life in order of time. A run in which the machine failed joins the lives before and after.</returns>
    public static IReadOnlyList<IReadOnlyList<RunRows>> Of(FleetExperience experience, IEnumerable<RunRows> runs)
    {
        var groups = new List<List<RunRows>>();
        foreach (var device in runs.GroupBy(run => run.DeviceId))
        {
            long? open = null;
            foreach (var (run, first, last) in device.Select(run => (run, run.FirstUs, run.LastUs)).OrderBy(run => run.FirstUs))
            {
                var labels = experience.LabelsOf(run);
                if (open is not null && labels.FailureFrom(run.RunId, first) == open) groups[^1].Add(run);
                else groups.Add([run]);
                open = labels.FailureFrom(run.RunId, last);
            }
        }

        return groups;
    }
}
