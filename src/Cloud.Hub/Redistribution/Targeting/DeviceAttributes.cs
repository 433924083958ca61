using Cloud.Hub.Communication.Contract;

namespace Cloud.Hub.Redistribution.Targeting;

/// <summary>What a query can ask of a device.</summary>
internal static class DeviceAttributes
{
    public const string Names = "site, device, online, agent, model, hardware, tag.NAME";

    private const string Tag = "tag.";

    private static readonly string[] Fixed = ["site", "device", "online", "agent", "model", "hardware"];

    public static bool IsName(string name) =>
        Fixed.Contains(name, StringComparer.Ordinal)
        || (name.StartsWith(Tag, StringComparison.Ordinal) && Hmas.Contracts.Ids.IsValid(name.AsSpan(Tag.Length)));

    /// <summary>By name; what is not known of a device is left out.</summary>
    /// <param name="used">Taken for it, and emptied first; null: a new one.</param>
    public static Dictionary<string, string> Of(DeviceView device, Dictionary<string, string>? used = null)
    {
        var attributes = used ?? new Dictionary<string, string>(StringComparer.Ordinal);
        attributes.Clear();
        attributes["site"] = device.SiteId;
        attributes["device"] = device.DeviceId;
        attributes["online"] = device.Online ? "true" : "false";
        if (device.Reported is not { } reported) return attributes;
        attributes["agent"] = reported.AgentVersion;
        if (reported.ActiveDigest is { } digest) attributes["model"] = digest;
        if (reported.Hardware is { } hardware) attributes["hardware"] = hardware;
        // A device may say anything, also nothing where a value should stand.
        foreach (var (name, value) in reported.Tags) attributes[Tag + name] = value ?? "";
        return attributes;
    }

    /// <summary>What a canary group should have one of each of: devices of one slice are taken to behave alike.</summary>
    public static string SliceOf(DeviceView device) => $"{device.SiteId} {device.Reported?.Hardware}";
}
