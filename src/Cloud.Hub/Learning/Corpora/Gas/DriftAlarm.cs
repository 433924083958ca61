namespace Cloud.Hub.Learning.Corpora.Gas;

/// <summary>Says from unlabelled rows alone that sensors no longer answer as they did: a cumulative sum (Page 1954) over how far a row lies from the rows that were fitted on.</summary>
internal sealed class DriftAlarm
{
    /// <summary>Half the shift to find soonest, in standard deviations: 1.</summary>
    private const double Slack = 0.5;

    /// <summary>One false alarm in about 10,000 rows by Siegmund's approximation, for independent normal distances.</summary>
    private const double Limit = 7.4;

    private readonly double _mean;
    private readonly double _deviation;
    private double _sum;

    /// <param name="fitted">Distances of the rows that were fitted on; at least one.</param>
    public DriftAlarm(IReadOnlyList<double> fitted)
    {
        _mean = fitted.Average();
        _deviation = Math.Max(1e-9, Math.Sqrt(fitted.Average(distance => (distance - _mean) * (distance - _mean))));
    }

    /// <summary>True from the row on at which the sum first passed its limit.</summary>
    public bool HasFired { get; private set; }

    /// <param name="distance">Of the next row.</param>
    public void Add(double distance)
    {
        _sum = Math.Max(0, _sum + ((distance - _mean) / _deviation) - Slack);
        HasFired |= _sum > Limit;
    }
}
