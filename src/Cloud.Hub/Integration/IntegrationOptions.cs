using System.ComponentModel.DataAnnotations;

namespace Cloud.Hub.Integration;

/// <summary>What the front keeps and gives; section <c>integration</c>.</summary>
public sealed class IntegrationOptions : IValidatableObject
{
    public const string Section = "Integration";

    /// <summary>Points kept of each device's current run, for plots.</summary>
    [Range(10, 100_000)]
    public int TelemetryPoints { get; set; } = 1_200;

    /// <summary>Devices whose points are kept; past it the one that was silent longest is forgotten.</summary>
    [Range(1, 100_000)]
    public int TelemetryDevices { get; set; } = 1_000;

    /// <summary>Events that wait for one WebSocket client; past it the oldest is dropped and counted.</summary>
    [Range(16, 65_536)]
    public int EventQueue { get; set; } = 512;

    /// <summary>At most one telemetry message per device and client in this time.</summary>
    public TimeSpan TelemetryInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Between two signs of life to a WebSocket client that has nothing else to hear.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A stage of the loop that is fed all the time reads idle after this much silence.</summary>
    public TimeSpan StageQuiet { get; set; } = TimeSpan.FromSeconds(15);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TelemetryInterval < TimeSpan.Zero)
            yield return new ValidationResult("TelemetryInterval must not be negative", [nameof(TelemetryInterval)]);
        if (Heartbeat <= TimeSpan.Zero) yield return new ValidationResult("Heartbeat must be positive", [nameof(Heartbeat)]);
        if (StageQuiet <= TimeSpan.Zero) yield return new ValidationResult("StageQuiet must be positive", [nameof(StageQuiet)]);
    }
}
