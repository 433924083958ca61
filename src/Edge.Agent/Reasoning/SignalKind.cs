namespace Edge.Agent.Reasoning;

/// <summary>What a condition compares: the number a signal has at each frame, NaN when it has none.</summary>
internal enum SignalKind
{
    /// <summary>Newest value of the channel.</summary>
    Latest,

    // Over the last frames of the channel; missing values are left out.
    Mean,
    Min,
    Max,

    /// <summary>Population standard deviation.</summary>
    Deviation,

    /// <summary>Change from the oldest to the newest value over the time between them, in units per second.</summary>
    Rate,

    /// <summary>Root mean square.</summary>
    Rms,

    /// <summary>Largest magnitude over root mean square.</summary>
    CrestFactor,

    /// <summary>Fourth standardised moment; 3 for a normal distribution.</summary>
    Kurtosis,

    /// <summary>Seconds since the channel's last value that was not missing; since the run began if there was none.</summary>
    Age,

    /// <summary>1 when the newest frame lacks the channel, else 0.</summary>
    Missing,

    // Of the active model.
    Score,
    ScoreRatio,

    /// <summary>1 while the model's alarm stands, else 0; no number without an answer.</summary>
    Alarm,

    /// <summary>Probability of one class while it is the most probable, else 0; no number without an answer of a classifier.</summary>
    Class,

    /// <summary>Seconds that the machine still runs, as likely more as less; no number without an answer of a model of remaining life.</summary>
    Life,

    /// <summary>Lower end of its band, seconds.</summary>
    LifeLow,
}
