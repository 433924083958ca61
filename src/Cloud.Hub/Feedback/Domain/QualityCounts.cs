namespace Cloud.Hub.Feedback.Domain;

/// <summary>Changes to the confusion counts of one model on one device.</summary>
internal record struct QualityCounts
{
    public long TruePositives;
    public long FalsePositives;
    public long TrueNegatives;
    public long FalseNegatives;

    /// <summary>Counts windows of this truth in; negative numbers count them out again.</summary>
    public void Count(Truth truth, long alarmed, long quiet)
    {
        if (truth == Truth.Anomaly)
        {
            TruePositives += alarmed;
            FalseNegatives += quiet;
        }
        else if (truth == Truth.Normal)
        {
            FalsePositives += alarmed;
            TrueNegatives += quiet;
        }
    }
}
