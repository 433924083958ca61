namespace Cloud.Hub.Feedback.Domain;

/// <summary>Changes to the confusion counts of one model on one device.</summary>
internal record struct QualityCounts
{
    public long TruePositives;
    public long FalsePositives;
    public long TrueNegatives;
    public long FalseNegatives;

    /// <summary>Counts a window of this truth in (<paramref name="by"/> 1) or out again (-1).</summary>
    public void Count(Truth truth, bool isAlarm, int by)
    {
        if (truth == Truth.Anomaly)
        {
            if (isAlarm) TruePositives += by;
            else FalseNegatives += by;
        }
        else if (truth == Truth.Normal)
        {
            if (isAlarm) FalsePositives += by;
            else TrueNegatives += by;
        }
    }
}
