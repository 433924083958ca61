using Cloud.Hub.Redistribution.Rollouts.Evidence;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>Who a group is compared with: devices of the same rollout that answer with what the group's devices had before.</summary>
internal sealed class GateControl
{
    private readonly RolloutState _rollout;
    private readonly FleetSeen _seen;
    private readonly HashSet<string> _previous;
    private HashSet<string>? _slices;

    public GateControl(RolloutState rollout, int group, FleetSeen seen)
    {
        (_rollout, _seen) = (rollout, seen);
        _previous = rollout.Devices.Where(device => device.Group == group && device.Told).Select(static device => device.PreviousDigest)
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Somebody who can be compared with is there: without its word there is no verdict.</summary>
    public bool CanSpeak =>
        _rollout.Devices.Any(device => Includes(device) && _seen.Devices.TryGetValue(device.DeviceId, out var twin) && twin.Online
            && twin.ActiveDigest == device.PreviousDigest);

    /// <summary>Somebody of this slice who can be compared with is there.</summary>
    public bool CanSpeakOf(string slice) => (_slices ??= Slices()).Contains(slice);

    public bool Includes(DeviceState device) =>
        _rollout.IsCompared(device) && device.PreviousDigest is { } digest && _previous.Contains(digest);

    private HashSet<string> Slices()
    {
        var slices = new HashSet<string>(StringComparer.Ordinal);
        foreach (var device in _rollout.Devices)
        {
            if (Includes(device) && _seen.Devices.TryGetValue(device.DeviceId, out var twin) && twin.Online) slices.UnionWith(twin.Slices);
        }

        return slices;
    }
}
