using Edge.Agent.Models;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Storage;
using Hmas.Trust;
using Hmas.Trust.Uptane;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Brings an assigned package onto the disk and verifies it: first step of the way into a slot.</summary>
/// <param name="source">Null: the device has no way to the hub's packages.</param>
/// <param name="orders">Null: the hub's word is enough.</param>
internal sealed class PackageFetch(
    ModelSlots slots, SlotLoader loader, ModelVerifier verifier, CheckedFetch? source, ModelOrders? orders, SlotReporter reporter, TimeProvider time)
{
    /// <summary>Left free beside a package: slots, counters and the outbox go on writing.</summary>
    public const long ReserveBytes = 1 << 20;

    /// <summary>The package, and when its last byte had come (time provider's timestamp).</summary>
    /// <exception cref="ModelRefusal">Not to be had, or not acceptable.</exception>
    /// <exception cref="StorageException">No room for it.</exception>
    public async Task<(VerifiedPackage Package, long Arrived)> FetchAsync(ModelAssignment assignment, CancellationToken ct)
    {
        // A package that a slot still names needs no download: the way back works without the hub's artefacts.
        var bytes = loader.Read(assignment.Digest);
        var order = await OrderAsync(assignment, ct);
        if (bytes is not null) return (Verify(bytes, assignment, order), time.GetTimestamp());

        if (source is null) throw new ModelRefusal("download", "the device has no way to the hub's packages");
        RequireRoom(assignment);
        reporter.Tell(SlotState.Downloading, assignment);
        VerifiedPackage? package = null;
        var arrived = 0L;
        bytes = await source.FetchAsync(
            assignment,
            fetched =>
            {
                arrived = time.GetTimestamp();
                package = Verify(fetched, assignment, order);
            },
            ct);
        slots.KeepDownload(assignment.Digest, bytes);
        return (package!, arrived);
    }

    /// <summary>Whether the disk can take this package now; what of it is there already counts.</summary>
    public bool HasRoom(ModelAssignment assignment) => Missing(assignment) + ReserveBytes <= slots.Packages.FreeBytes;

    private void RequireRoom(ModelAssignment assignment)
    {
        if (!HasRoom(assignment))
            throw new StorageException(
                StorageReason.DiskFull,
                $"{Missing(assignment)} bytes are to come and {ReserveBytes} stay free, {slots.Packages.FreeBytes} are there");
    }

    private long Missing(ModelAssignment assignment) =>
        Math.Max(0, assignment.PackageBytes - slots.Packages.PartBytes(assignment.Digest));

    /// <summary>What both repositories say of the assignment; null where nobody is asked. The way back leads
    /// to what was vouched for when it came, and nowhere else.</summary>
    private async Task<InstallOrder?> OrderAsync(ModelAssignment assignment, CancellationToken ct)
    {
        if (orders is null) return null;
        if (!assignment.Restore) return await orders.OrderAsync(assignment, slots.Releases, ct);
        return assignment.Digest == slots.Current.Previous?.Digest
            ? null
            : throw new ModelRefusal(
                "older-release",
                $"{assignment.Digest} is not the previous model, {slots.Current.Previous?.Digest ?? "none"}: nothing else is gone back to");
    }

    private VerifiedPackage Verify(byte[] bytes, ModelAssignment assignment, InstallOrder? order)
    {
        var package = verifier.Verify(bytes, assignment, slots.Current.Active);
        if (order is not null) ModelOrders.Require(order, bytes);
        return package;
    }
}
