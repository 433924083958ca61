namespace Edge.Sensors.Simulation;

/// <summary>The faults of one pump's life, in any order; they may overlap.</summary>
public sealed record FaultPlan(IReadOnlyList<Fault> Faults)
{
    public static FaultPlan Healthy { get; } = new([]);

    /// <summary>Some fault is present: the truth of the recording.</summary>
    public bool IsFaultyAt(double seconds)
    {
        foreach (var fault in Faults)
        {
            if (seconds >= fault.Start.TotalSeconds && seconds < fault.End.TotalSeconds) return true;
        }

        return false;
    }

    /// <summary>Severity of a kind at a moment, the strongest where several overlap.</summary>
    public double SeverityAt(FaultKind kind, double seconds)
    {
        var strongest = 0.0;
        foreach (var fault in Faults)
        {
            if (fault.Kind == kind) strongest = Math.Max(strongest, fault.Severity * fault.LevelAt(seconds));
        }

        return strongest;
    }

    /// <exception cref="ArgumentException">A fault contradicts itself; the message names it.</exception>
    public void Validate()
    {
        for (var i = 0; i < Faults.Count; i++)
        {
            var fault = Faults[i];
            if (fault.Start < TimeSpan.Zero || fault.End <= fault.Start) throw new ArgumentException($"Faults[{i}]: End {fault.End} must be after Start {fault.Start}");
            if (fault.Ramp < TimeSpan.Zero) throw new ArgumentException($"Faults[{i}].Ramp: {fault.Ramp} must not be negative");
            if (fault.Severity is not (>= 0 and <= 1)) throw new ArgumentException($"Faults[{i}].Severity: {fault.Severity} must lie between 0 and 1");
            if (fault.Channel is < 0 or >= PumpChannels.Count) throw new ArgumentException($"Faults[{i}].Channel: {fault.Channel} must lie between 0 and {PumpChannels.Count - 1}");
        }
    }
}
