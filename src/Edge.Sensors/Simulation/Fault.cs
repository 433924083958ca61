namespace Edge.Sensors.Simulation;

/// <summary>One fault of a plan.</summary>
/// <param name="Start">Since the machine's start, in event time.</param>
/// <param name="Ramp">Time until it has its full severity; zero: a step.</param>
/// <param name="End">When it is gone, at once.</param>
/// <param name="Severity">0 (none) to 1 (a machine that must be stopped; a sensor off by ten times its healthy spread).</param>
/// <param name="Channel">For sensor faults: index of the channel.</param>
public sealed record Fault(FaultKind Kind, TimeSpan Start, TimeSpan Ramp, TimeSpan End, double Severity, int Channel = 0)
{
    /// <summary>Share of the full severity at a moment, 0 outside start and end.</summary>
    public double LevelAt(double seconds)
    {
        if (seconds < Start.TotalSeconds || seconds >= End.TotalSeconds) return 0;
        var ramp = Ramp.TotalSeconds;
        return ramp <= 0 ? 1 : Math.Min(1, (seconds - Start.TotalSeconds) / ramp);
    }
}
