namespace Edge.Agent.Hosting.Status;

/// <summary>Counts over all starts of this disk; written now and then, so a kill loses the last stretch of counting and nothing else.</summary>
internal sealed record Totals(long Samples, long DroppedSamples, long LateSamples, long Windows, long AlarmWindows)
{
    public static Totals None { get; } = new(0, 0, 0, 0, 0);

    public static Totals operator +(Totals a, Totals b) =>
        new(a.Samples + b.Samples, a.DroppedSamples + b.DroppedSamples, a.LateSamples + b.LateSamples, a.Windows + b.Windows,
            a.AlarmWindows + b.AlarmWindows);
}
