namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>The last report of a device that was counted as a sign of life.</summary>
/// <param name="ReportedUs">By the device's clock, µs.</param>
/// <param name="At">By the hub's.</param>
/// <param name="HealthySince">It has answered with the new digest since, by the same start of its program; null: it does not.</param>
internal sealed record Heartbeat(long ReportedUs, DateTimeOffset At, string? BootId, DateTimeOffset? HealthySince);
