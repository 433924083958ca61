namespace Cloud.Hub.Learning.Federated;

/// <summary>How updates become one.</summary>
internal enum Aggregation
{
    /// <summary>Mean weighted by windows: best when nobody lies, and one liar moves it anywhere its norm allows.</summary>
    Mean,

    /// <summary>Per value, the mean without the largest and smallest (Yin et al. 2018).</summary>
    TrimmedMean,

    /// <summary>Per value, the median (Yin et al. 2018).</summary>
    Median,
}
