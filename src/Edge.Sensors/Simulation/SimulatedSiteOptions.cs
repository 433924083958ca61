namespace Edge.Sensors.Simulation;

/// <summary>What a generated site holds.</summary>
public sealed record SimulatedSiteOptions
{
    public int HealthyRows { get; init; } = 9400;

    /// <summary>Time of the first row; each file begins a day later than the one before.</summary>
    public DateTimeOffset StartAt { get; init; } = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
}
