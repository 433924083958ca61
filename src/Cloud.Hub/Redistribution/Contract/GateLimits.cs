namespace Cloud.Hub.Redistribution.Contract;

/// <summary>The metrics of a gate by name, with their limits where a gate names no other: shares, 0 to 1. What
/// each means and why its limit is so: docs/redistribution.md.</summary>
public static class GateLimits
{
    public const string ModelFailures = "model-failures";
    public const string Invalid = "invalid";
    public const string Latency = "latency";
    public const string Memory = "memory";
    public const string Restarts = "restarts";
    public const string AlarmRate = "alarm-rate";
    public const string PromisedAlarms = "promised-alarms";
    public const string ShadowAlarms = "shadow-alarms";
    public const string ShadowDisagreement = "shadow-disagreement";
    public const string FalseAlarms = "false-alarms";
    public const string Error = "error";
    public const string ConfidenceDrift = "confidence-drift";
    public const string InputDrift = "input-drift";
    public const string Battery = "battery";
    public const string Temperature = "temperature";

    public static IReadOnlyDictionary<string, double> Defaults { get; } = new Dictionary<string, double>(StringComparer.Ordinal)
    {
        [ModelFailures] = 0.02,
        [Invalid] = 0.002,
        [Latency] = 0.1,
        [Memory] = 0.1,
        [Restarts] = 0.05,
        [AlarmRate] = 0.1,
        [PromisedAlarms] = 0.25,
        [ShadowAlarms] = 0.05,
        [ShadowDisagreement] = 0.2,
        [FalseAlarms] = 0.35,
        [Error] = 0.05,
        [ConfidenceDrift] = 0.2,
        [InputDrift] = 0.2,
        [Battery] = 0.05,
        [Temperature] = 0.1,
    };
}
