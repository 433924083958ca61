namespace Edge.Sensors.Simulation;

/// <summary>The sensors' part of a fault plan: stuck, drift, dropout and noise burst, applied to what the machine shows.</summary>
/// <param name="spread">Healthy standard deviation of each channel: a fault of severity 1 is off by ten of them.</param>
internal sealed class SensorFaults(FaultPlan plan, double[] spread, GaussianNoise noise)
{
    private const double FullSeverity = 10;
    private readonly float[] _held = new float[spread.Length];

    /// <param name="values">One row; overwritten where a fault is present.</param>
    /// <param name="seconds">Since the machine's start.</param>
    public void Apply(Span<float> values, double seconds)
    {
        foreach (var fault in plan.Faults)
        {
            if (fault.Kind < FaultKind.Stuck) continue;
            var level = fault.LevelAt(seconds) * fault.Severity;
            if (level <= 0) continue;
            ref var value = ref values[fault.Channel];
            var off = spread[fault.Channel] * FullSeverity * level;
            value = fault.Kind switch
            {
                FaultKind.Stuck => _held[fault.Channel],
                FaultKind.Drift => (float)(value + off),
                FaultKind.NoiseBurst => (float)(value + (off * noise.Next())),
                _ => float.NaN,
            };
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsNaN(values[i])) _held[i] = values[i];
        }
    }
}
