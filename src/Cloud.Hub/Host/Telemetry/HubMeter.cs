using System.Diagnostics.Metrics;

namespace Cloud.Hub.Host.Telemetry;

/// <summary>The meter that every figure of the hub belongs to.</summary>
internal static class HubMeter
{
    public const string Name = "Hmas.Hub";

    public static Meter Hub(this IMeterFactory meters) => meters.Create(Name);
}
