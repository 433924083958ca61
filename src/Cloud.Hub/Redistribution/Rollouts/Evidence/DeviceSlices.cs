using Cloud.Hub.Communication.Contract;

namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>What devices have in common with others: site, hardware, tags. Those of one look that have the same share one list.</summary>
internal sealed class DeviceSlices
{
    /// <summary>Tags of a device that it is judged by.</summary>
    private const int MaxTags = 8;

    private readonly Dictionary<(string SiteId, string? Hardware), string[]> _untagged = [];

    public IReadOnlyList<string> Of(DeviceView device)
    {
        var key = (device.SiteId, device.Reported?.Hardware);
        if (!_untagged.TryGetValue(key, out var untagged))
        {
            _untagged[key] = untagged = [
                $"site={device.SiteId}", .. device.Reported?.Hardware is { } hardware ? [$"hardware={hardware}"] : Array.Empty<string>()];
        }

        if (device.Reported is not { Tags.Count: > 0 } reported) return untagged;
        return [
            .. untagged, .. reported.Tags.OrderBy(static tag => tag.Key, StringComparer.Ordinal).Take(MaxTags)
                .Select(static tag => $"tag.{tag.Key}={tag.Value}")];
    }
}
