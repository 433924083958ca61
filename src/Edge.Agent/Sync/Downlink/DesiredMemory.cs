using Edge.Agent.Models;
using Hmas.Contracts.Twins;
using Hmas.Storage;

namespace Edge.Agent.Sync.Downlink;

/// <summary>The desired state last taken: what the device goes by when it starts without the hub, and the version below which it ignores.</summary>
internal sealed class DesiredMemory(DeviceRecord record)
{
    public DesiredState? Desired => record.Current.Desired;

    /// <summary>True when newer than what is known; it is then on disk.</summary>
    /// <remarks>Another model alone waits for its commit to be safe from a power cut as well: after one before it the model before answers,
    /// and the hub says again on the next connect what it wants.</remarks>
    /// <exception cref="StorageException">Not on disk, so not taken.</exception>
    public bool TryTake(DesiredState desired)
    {
        if (Desired is { } known && desired.Version <= known.Version) return false;
        var leadsToTheSlots = desired.Model is not null && desired.Model != Desired?.Model;
        record.Change(document => document with { Desired = desired }, toDisk: !leadsToTheSlots);
        return true;
    }
}
