using Hmas.Contracts.Twins;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Models;

/// <summary>The slots on disk: active, previous, standby. Every step is one write of the device record; package
/// files are written before a slot names them and deleted after none does.</summary>
/// <remarks>
/// A kill of the program finds every step. A power cut finds the last one that ended a model's way: committed, returned, refused. What lies
/// before waits for that one's sync, in the same block: until then the model before answers after a power cut, and the hub says again what it wants.
/// One loop owns it; <see cref="Current"/> may be read from any thread.
/// </remarks>
internal sealed class ModelSlots
{
    private readonly DeviceRecord _record;
    private readonly ILogger _logger;

    public ModelSlots(DeviceRecord record, ILogger logger)
    {
        var folder = FolderOf(record.StateFolder);
        Directory.CreateDirectory(folder);
        AtomicFile.RemoveLeftovers(folder);
        (_record, _logger) = (record, logger);
        Packages = new PackageFolder(folder);
        // Slots without a memory name nothing: then the packages are all there is.
        if (record.HasMemory && TryCountInterrupted()) Collect();
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

    /// <summary>A verified package takes the standby slot and is about to be tried out; returns how many
    /// attempts before this one took the program or the machine down.</summary>
    public int Stage(SlotEntry entry, ModelAssignment assignment)
    {
        var died = Current.Standby?.Digest == entry.Digest ? Current.Attempts : 0;
        Write(Current with { Standby = entry, Assignment = assignment, Attempts = died + 1 }, toDisk: false);
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
        Collect();
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
        Collect();
        return current.Previous;
    }

    /// <summary>No model in any slot.</summary>
    public void Empty()
    {
        Write(new SlotsDocument());
        Collect();
    }

    /// <summary>An assignment is not tried again until the hub asks for something else; the standby slot is empty.</summary>
    public void Refuse(ModelAssignment assignment, string reason)
    {
        Write(Current
            with { Standby = null, Attempts = 0, Interrupted = null, Failed = assignment, FailedReason = reason, Assignment = Current.Committed
                ? null : Current.Assignment });
        Collect();
    }

    /// <summary>Notes a process start while the active model is uncommitted; returns how many there were.</summary>
    public int CountStart()
    {
        var current = Current;
        if (current.Active is null || current.Committed) return 0;
        Write(current with { UncommittedStarts = current.UncommittedStarts + 1 });
        return current.UncommittedStarts + 1;
    }

    /// <summary>Counts a package that came whole and then left no trace in the slots: steps before a commit do not outlive the machine, its file
    /// does. It goes once it is counted, so that a start without another attempt counts nothing.</summary>
    private bool TryCountInterrupted()
    {
        try
        {
            foreach (var digest in Packages.WholeBeside(Named()))
            {
                var interrupted = new InterruptedTrial(digest, TimesInterrupted(digest) + 1);
                Write(Current with { Interrupted = interrupted });
                _logger.TrialInterrupted(digest, interrupted.Times);
                Packages.Delete(digest);
            }

            return true;
        }
        catch (StorageException error)
        {
            _logger.InterruptionNotCounted(error, error.Reason);
            return false;
        }
    }

    private int TimesInterrupted(string digest) => Current.Interrupted is { } interrupted && interrupted.Digest == digest ? interrupted.Times : 0;

    /// <summary>Deletes package files that no slot names.</summary>
    private void Collect() => Packages.Collect(Named());

    private IEnumerable<string> Named() =>
        new[] { Current.Active, Current.Previous, Current.Standby }.OfType<SlotEntry>().Select(entry => entry.Digest);

    /// <param name="toDisk">See <see cref="DeviceRecord.Change"/>.</param>
    /// <param name="raised">Becomes active with this step.</param>
    private void Write(SlotsDocument next, bool toDisk = true, SlotEntry? raised = null)
    {
        _record.Change(document => (document with { Slots = next }).Raised(SlotEntry.Counters(raised)), toDisk);
        _logger.SlotsWritten(next.Active?.Digest, next.Committed, next.Previous?.Digest, next.Standby?.Digest);
    }
}
