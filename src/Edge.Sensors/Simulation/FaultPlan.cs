namespace Edge.Sensors.Simulation;

/// <summary>The faults of one machine's life, in any order; they may overlap.</summary>
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

    /// <param name="kinds">Faults that the machine itself can have; those of sensors every machine has.</param>
    /// <param name="channels">How many the machine has.</param>
    /// <exception cref="ArgumentException">A fault contradicts itself or the machine; the message names it.</exception>
    public void Validate(IReadOnlyCollection<FaultKind> kinds, int channels)
    {
        for (var i = 0; i < Faults.Count; i++)
        {
            var fault = Faults[i];
            if (fault.Kind < FaultKind.Stuck && !kinds.Contains(fault.Kind))
                throw new ArgumentException($"Faults[{i}].Kind: {fault.Kind} is none of {string.Join(", ", kinds)}, nor a fault of a sensor");
            if (fault.Start < TimeSpan.Zero || fault.End <= fault.Start)
                throw new ArgumentException($"Faults[{i}]: End {fault.End} must be after Start {fault.Start}");
            if (fault.Ramp < TimeSpan.Zero) throw new ArgumentException($"Faults[{i}].Ramp: {fault.Ramp} must not be negative");
            if (fault.Severity is not (>= 0 and <= 1))
                throw new ArgumentException($"Faults[{i}].Severity: {fault.Severity} must lie between 0 and 1");
            if (fault.Channel < 0 || fault.Channel >= channels)
                throw new ArgumentException($"Faults[{i}].Channel: {fault.Channel} must lie between 0 and {channels - 1}");
        }
    }
}
