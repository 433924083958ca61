namespace Hmas.Contracts;

/// <summary>Every MQTT topic of the fleet:
/// <c>hmas/v1/&lt;site&gt;/&lt;device&gt;/&lt;class&gt;/&lt;detail&gt;</c>. The table for people is <c>docs/topics.md</c>.</summary>
public static class Topics
{
    public const string Root = "hmas/v1";

    // Device to hub.
    public static string Facts(string site, string device) => $"{Root}/{site}/{device}/exp/batch";

    public static string Telemetry(string site, string device) => $"{Root}/{site}/{device}/tele/points";

    public static string Presence(string site, string device) => $"{Root}/{site}/{device}/state/presence";

    public static string Reported(string site, string device) => $"{Root}/{site}/{device}/state/reported";

    public static string CommandReply(string site, string device) => $"{Root}/{site}/{device}/cmd/reply";

    /// <summary>A device asks for its desired state, because a retained message may be absent. Empty payload.</summary>
    public static string DesiredRequest(string site, string device) => $"{Root}/{site}/{device}/state/get";

    // Hub to device.
    public static string Desired(string site, string device) => $"{Root}/{site}/{device}/state/desired";

    public static string FactAck(string site, string device) => $"{Root}/{site}/{device}/ack/exp";

    public static string Command(string site, string device) => $"{Root}/{site}/{device}/cmd/request";

    /// <summary>What the hub subscribes to.</summary>
    public static IReadOnlyList<string> HubFilters { get; } =
    [
        $"{Root}/+/+/exp/batch", $"{Root}/+/+/tele/points", $"{Root}/+/+/state/presence",
        $"{Root}/+/+/state/reported", $"{Root}/+/+/state/get", $"{Root}/+/+/cmd/reply",
    ];

    /// <summary>Splits a fleet topic. False when it is none.</summary>
    public static bool TryParse(string topic, out FleetTopic parsed)
    {
        var parts = topic.Split('/');
        if (parts.Length != 6 || parts[0] != "hmas" || parts[1] != "v1" || !Ids.IsValid(parts[2]) || !Ids.IsValid(parts[3]))
        {
            parsed = default;
            return false;
        }

        parsed = new FleetTopic(parts[2], parts[3], $"{parts[4]}/{parts[5]}");
        return true;
    }

    /// <summary>Whether a device may publish here (also as will or retained): its own topics, device-to-hub only.</summary>
    public static bool MayPublish(string site, string device, string topic) =>
        TryParse(topic, out var parsed) && parsed.SiteId == site && parsed.DeviceId == device
        && parsed.Detail is "exp/batch" or "tele/points" or "state/presence" or "state/reported" or "state/get" or "cmd/reply";

    /// <summary>Whether a device may subscribe to this filter: its own topics, exact, hub-to-device only.</summary>
    public static bool MaySubscribe(string site, string device, string filter) =>
        TryParse(filter, out var parsed) && parsed.SiteId == site && parsed.DeviceId == device
        && parsed.Detail is "state/desired" or "ack/exp" or "cmd/request";
}

/// <param name="Detail">Class and detail, for example <c>exp/batch</c>.</param>
public readonly record struct FleetTopic(string SiteId, string DeviceId, string Detail);
