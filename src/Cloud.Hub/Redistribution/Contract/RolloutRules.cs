using System.Globalization;

namespace Cloud.Hub.Redistribution.Contract;

/// <summary>What a request must be before anything is looked up: one list for every door.</summary>
public static class RolloutRules
{
    /// <summary>Characters of a rollout's reason.</summary>
    public const int MaxReason = 500;

    private const int MaxDevices = 200_000;
    private const int MaxWho = 63;
    private const int MaxDigest = 80;
    private const int MaxPriority = 100;
    private const int MaxMaintenanceWindows = 1_000;
    private const int MaxWindows = 1_000_000;
    private const double MaxFalseStopRate = 0.5;
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(60);

    /// <summary>The first rule that a request breaks, with the field it stands in; null when it is sound.</summary>
    public static string? Fault(RolloutRequest request) =>
        Text(request.Digest, "digest", MaxDigest) ?? (request.SiteId is { } site ? Id(site, "siteId") : null)
        ?? Text(request.RequestedBy, "requestedBy", MaxWho) ?? Text(request.Reason, "reason", MaxReason)
        ?? (request.Priority is >= 0 and <= MaxPriority ? null : Outside("priority", request.Priority, $"0 to {MaxPriority}"))
        ?? Lists(request) ?? Windows(request.ShadowWindows, "shadowWindows", 0) ?? Windows(request.HealthWindows, "healthWindows", 0)
        ?? Fault(request.Gate);

    /// <summary>The same for a gate alone.</summary>
    public static string? Fault(GatePolicy gate) =>
        Windows(gate.MinimumWindows, "gate.minimumWindows", 1, ": no data is never success")
        ?? Windows(gate.MinimumLabelledNormalWindows, "gate.minimumLabelledNormalWindows", 0)
        ?? Windows(gate.MinimumShadowWindows, "gate.minimumShadowWindows", 0)
        ?? Windows(gate.LaterShadowWindows, "gate.laterShadowWindows", 0)
        ?? (gate.MaximumWait > TimeSpan.Zero && gate.MaximumWait <= MaxWait
            ? null : $"gate.maximumWait: {gate.MaximumWait} is outside 0 to {MaxWait.TotalDays:0} days")
        ?? (gate.FalseStopRate is > 0 and <= MaxFalseStopRate ? null : Outside("gate.falseStopRate", gate.FalseStopRate, "over 0 to 0.5"))
        ?? (gate.WindowsPerEpisode is >= 1 and <= MaxWindows ? null : Outside("gate.windowsPerEpisode", gate.WindowsPerEpisode, "1 to 1000000"))
        ?? (gate.MaximumInferenceP99Us > 0 ? null : Outside("gate.maximumInferenceP99Us", gate.MaximumInferenceP99Us, "above 0"))
        ?? (gate.MaximumLatencyFactor >= 1 ? null : Outside("gate.maximumLatencyFactor", gate.MaximumLatencyFactor, "1 or more"))
        ?? (gate.MaximumMemoryGrowthBytes > 0 ? null : Outside("gate.maximumMemoryGrowthBytes", gate.MaximumMemoryGrowthBytes, "above 0"))
        ?? (gate.MaximumTemperatureC is > 0 and <= 200 ? null : Outside("gate.maximumTemperatureC", gate.MaximumTemperatureC, "over 0 to 200"))
        ?? (gate.MaximumTemperatureGrowthC is > 0 and <= 200
            ? null : Outside("gate.maximumTemperatureGrowthC", gate.MaximumTemperatureGrowthC, "over 0 to 200"))
        ?? (gate.MinimumHealthyTime > TimeSpan.Zero && gate.MinimumHealthyTime <= MaxWait
            ? null : $"gate.minimumHealthyTime: {gate.MinimumHealthyTime} is outside 0 to {MaxWait.TotalDays:0} days")
        ?? (gate.MaximumHeartbeatAge > TimeSpan.Zero && gate.MaximumHeartbeatAge <= MaxWait
            ? null : $"gate.maximumHeartbeatAge: {gate.MaximumHeartbeatAge} is outside 0 to {MaxWait.TotalDays:0} days")
        ?? (Enum.IsDefined(gate.WhenLate) ? null : $"gate.whenLate: {gate.WhenLate} is no action")
        ?? Share(gate.MaximumLostShare, "gate.maximumLostShare")
        ?? Share(gate.MaximumUndeliveredShare, "gate.maximumUndeliveredShare") ?? Share(gate.MaximumIdleShare, "gate.maximumIdleShare")
        ?? Share(gate.MaximumSilentShare, "gate.maximumSilentShare")
        ?? Limits(gate.Limits);

    private static string? Lists(RolloutRequest request)
    {
        if (request.DeviceIds is null || request.Groups is null || request.Gate is null)
            return "deviceIds, groups, gate: are lists and an object; leave out what is not needed";
        if (request.DeviceIds.Count > MaxDevices) return $"deviceIds: has {request.DeviceIds.Count} entries, {MaxDevices} are allowed";
        for (var i = 0; i < request.DeviceIds.Count; i++)
        {
            if (Id(request.DeviceIds[i], $"deviceIds[{i}]") is { } fault) return fault;
        }

        if (request.Continuous && request.DeviceIds.Count > 0)
            return "continuous: with deviceIds nobody else can come; leave one of them out";
        if (request.Windows is null || request.Windows.Any(static window => window is null))
            return "windows: is a list; leave it out when there are none";
        if (request.Windows.Count > MaxMaintenanceWindows)
            return $"windows: has {request.Windows.Count} entries, {MaxMaintenanceWindows} are allowed";
        return request.Groups.Any(static group => group is null) ? "groups: holds null" : null;
    }

    private static string? Limits(IReadOnlyDictionary<string, double>? limits)
    {
        if (limits is null) return "gate.limits: is null; leave it out";
        foreach (var (metric, limit) in limits)
        {
            if (!GateLimits.Defaults.ContainsKey(metric))
                return $"gate.limits: there is no metric '{Cut(metric)}'; there are {string.Join(", ", GateLimits.Defaults.Keys)}";
            if (Share(limit, $"gate.limits.{metric}") is { } fault) return fault;
        }

        return null;
    }

    private static string? Id(string? id, string field) =>
        Hmas.Contracts.Ids.IsValid(id)
            ? null : $"{field}: '{Cut(id ?? "")}' must be 1 to {Hmas.Contracts.Ids.MaxLength} lower-case letters, digits or hyphens";

    private static string? Text(string? text, string field, int most) => string.IsNullOrWhiteSpace(text) ? $"{field}: is missing"
        : text.Length > most ? $"{field}: has {text.Length} characters, {most} are allowed"
        : text.Any(char.IsControl) ? $"{field}: has a control character" : null;

    private static string? Windows(int windows, string field, int least, string why = "") =>
        windows < least ? $"{field}: {windows} is below {least}{why}" : windows > MaxWindows ? $"{field}: {windows} is above {MaxWindows}" : null;

    private static string? Share(double share, string field) => share is >= 0 and <= 1 ? null : Outside(field, share, "0 to 1");

    private static string Outside(string field, double value, string range) =>
        string.Create(CultureInfo.InvariantCulture, $"{field}: {value} is outside {range}");

    private static string Cut(string text) => text.Length > MaxDigest ? text[..MaxDigest] + "…" : text;
}
