namespace Edge.Agent.Experience;

/// <summary>How much denser than configured experience and telemetry are kept just now; a tactical
/// agent raises it during an incident. Any thread.</summary>
internal sealed class SamplingBoost
{
    public const double Max = 100;
    private double _value = 1;

    /// <summary>From 1/<see cref="Max"/> to <see cref="Max"/>; what lies beyond is brought in.</summary>
    public double Value
    {
        get => Volatile.Read(ref _value);
        set => Volatile.Write(ref _value, double.IsFinite(value) ? Math.Clamp(value, 1 / Max, Max) : 1);
    }

    /// <summary>Every how many, from the configured number; at least 1.</summary>
    public long Every(int configured) => Math.Max(1, (long)Math.Round(configured / Value));
}
