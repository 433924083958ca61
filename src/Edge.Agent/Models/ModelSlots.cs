using Hmas.Contracts.Twins;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Models;

/// <summary>The slots on disk: active, previous, standby. Every step is one write of the device record; packages are on disk before a slot
/// names them, and stay until no slot does, as it is known now and as a power cut would leave it.</summary>
/// <remarks>
/// A kill of the program finds every step. A power cut finds the last one that ended a model's way: committed, returned, refused. What lies
/// before waits for that one's sync, in the same block: until then the model before answers after a power cut, and the hub says again what it wants.
/// One loop owns it; <see cref="Current"/> may be read from any thread.
/// </remarks>
internal sealed class ModelSlots
{
    private readonly DeviceRecord _record;
    private readonly ILogger _logger;

    // Of the last small package that was written.
    private long _newest;

    public ModelSlots(DeviceRecord record, ILogger logger)
    {
        var folder = FolderOf(record.StateFolder);
        Directory.CreateDirectory(folder);
        AtomicFile.RemoveLeftovers(folder);
        (_record, _logger) = (record, logger);
        Packages = new PackageFolder(folder);
        var newest = Packages.Newest;
        _newest = Math.Max(Current.NewestPackage, newest?.Number ?? 0);
        // Slots without a memory name nothing: then the packages are all there is.
        if (record.HasMemory && TryCountInterrupted(newest)) Collect(spares: 1);
        Packages.Prepare();
    }

    /// <summary>Of the packages.</summary>
    public static string FolderOf(string stateFolder) => Path.Combine(stateFolder, "models");

    public SlotsDocument Current => _record.Current.Slots;

    public PackageFolder Packages { get; }

    /// <summary>The highest release that ever became active, by artefact.</summary>
    public IReadOnlyDictionary<string, long> Releases => _record.Current.Releases;

    /// <summary>This release of an artefact is about to be active; on return it is on disk that none older is taken.</summary>
    /// <param name="artefact">As counted, see <see cref="Hmas.Contracts.Artefacts.ArtefactKinds.Counter"/>.</param>
    public void Raise(string artefact, long release) => _record.Change(document => document.Raised(KeyValuePair.Create(artefact, release)));

    /// <summary>A verified package comes to stay; on return it is on disk.</summary>
    /// <exception cref="StorageException">It is not; the slots' packages are.</exception>
    public void Keep(string digest, ReadOnlySpan<byte> package)
    {
        Packages.Write(digest, package, _newest + 1, Named(Current, _record.Synced.Slots));
        _newest++;
    }

    /// <summary>The same for one that was downloaded: a large one's file is there.</summary>
    /// <inheritdoc cref="Keep"/>
    public void KeepDownload(string digest, ReadOnlySpan<byte> package)
    {
        if (PackageFolder.IsLarge(package.Length)) Packages.KeepPart(digest);
        else Keep(digest, package);
    }

    /// <summary>Bytes of a package that a slot names, if they are there; of any package while the slots have no memory.</summary>
    public byte[]? Read(string digest, long maxBytes) =>
        Named(Current).Contains(digest) || !_record.HasMemory ? Packages.Read(digest, maxBytes) : null;

    /// <summary>A verified package takes the standby slot and is about to be tried out; returns how many
    /// attempts before this one took the program or the machine down.</summary>
    public int Stage(SlotEntry entry, ModelAssignment assignment)
    {
        var died = Current.Standby?.Digest == entry.Digest ? Current.Attempts : 0;
        // The file of a small one is the count that outlives a power cut; a large one's block more does not matter.
        var isLarge = PackageFolder.IsLarge(assignment.PackageBytes);
        Write(Current with { Standby = entry, Assignment = assignment, Attempts = died + 1 }, toDisk: isLarge);
        return died + TimesInterrupted(entry.Digest);
    }

    /// <summary>The attempt was broken off without a verdict, and did not take the program down.</summary>
    public void BreakOff()
    {
        if (Current.Attempts > 0) Write(Current with { Attempts = Current.Attempts - 1 }, toDisk: false);
    }

    /// <summary>Standby becomes active, uncommitted; active becomes previous.</summary>
    /// <exception cref="InvalidOperationException">Nothing is staged.</exception>
    public void Activate()
    {
        var current = Current;
        var standby = current.Standby ?? throw new InvalidOperationException("no model is staged");
        Write(
            current with { Previous = current.Active, Active = standby, Standby = null, Committed = false, UncommittedStarts = 0, Attempts = 0 },
            toDisk: false, raised: standby);
    }

    /// <summary>The active model stays.</summary>
    public void Commit()
    {
        Write(Current with { Committed = true, UncommittedStarts = 0, Assignment = null, Failed = null, FailedReason = null, Interrupted = null });
        Collect(spares: 1);
        _record.ForgetOlder();
    }

    /// <summary>Previous becomes active again; null when there was none. The assignment counts as failed.</summary>
    public SlotEntry? Return(string reason)
    {
        var current = Current;
        Write(current with
        {
            Active = current.Previous, Previous = null, Standby = null, Committed = current.Previous is not null,
            UncommittedStarts = 0, Attempts = 0, Failed = current.Assignment, FailedReason = reason, Assignment = null, Interrupted = null,
        });
        Collect(spares: 0);
        return current.Previous;
    }

    /// <summary>No model in any slot.</summary>
    public void Empty()
    {
        Write(new SlotsDocument());
        Collect(spares: 0);
    }

    /// <summary>An assignment is not tried again until the hub asks for something else; the standby slot is empty.</summary>
    public void Refuse(ModelAssignment assignment, string reason)
    {
        Write(Current
            with { Standby = null, Attempts = 0, Interrupted = null, Failed = assignment, FailedReason = reason, Assignment = Current.Committed
                ? null : Current.Assignment });
        Collect(spares: 0);
    }

    /// <summary>Notes a process start while the active model is uncommitted; returns how many there were.</summary>
    public int CountStart()
    {
        var current = Current;
        if (current.Active is null || current.Committed) return 0;
        Write(current with { UncommittedStarts = current.UncommittedStarts + 1 });
        return current.UncommittedStarts + 1;
    }

    /// <summary>Counts a small package that came whole after the last step that was synced: steps before a commit do not outlive the machine, the
    /// package does.</summary>
    private bool TryCountInterrupted(PackedPackage? newest)
    {
        if (newest is not { Digest: { } digest } || newest.Number <= Current.NewestPackage || Named(Current).Contains(digest)) return true;
        try
        {
            var interrupted = new InterruptedTrial(digest, TimesInterrupted(digest) + 1);
            Write(Current with { Interrupted = interrupted });
            _logger.TrialInterrupted(digest, interrupted.Times);
            Collect(spares: 0);
            return true;
        }
        catch (StorageException error)
        {
            _logger.InterruptionNotCounted(error, error.Reason);
            return false;
        }
    }

    private int TimesInterrupted(string digest) => Current.Interrupted is { } interrupted && interrupted.Digest == digest ? interrupted.Times : 0;

    /// <summary>Lets packages go that no slot names.</summary>
    /// <param name="spares">Files of small ones that stay for the next; one that never was active must not.</param>
    private void Collect(int spares) => Packages.Collect(Named(Current), spares);

    private static HashSet<string> Named(params IEnumerable<SlotsDocument> slots) => slots
        .SelectMany(static slot => new[] { slot.Active, slot.Previous, slot.Standby }).OfType<SlotEntry>().Select(static entry => entry.Digest)
        .ToHashSet(StringComparer.Ordinal);

    /// <param name="toDisk">See <see cref="DeviceRecord.Change"/>.</param>
    /// <param name="raised">Becomes active with this step.</param>
    private void Write(SlotsDocument next, bool toDisk = true, SlotEntry? raised = null)
    {
        _record.Change(document => (document with { Slots = next with { NewestPackage = _newest } }).Raised(SlotEntry.Counters(raised)), toDisk);
        _logger.SlotsWritten(next.Active?.Digest, next.Committed, next.Previous?.Digest, next.Standby?.Digest);
    }
}
