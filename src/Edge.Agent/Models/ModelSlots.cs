using System.Text.Json;
using Hmas.Contracts.Twins;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Models;

/// <summary>The slots on disk: active, previous, standby. Every step is one atomic replacement of <c>slots.json</c>; package
/// files are written before a slot names them and deleted after none does.</summary>
/// <remarks>One loop owns it; <see cref="Current"/> may be read from any thread.</remarks>
internal sealed class ModelSlots
{
    private readonly string _path;
    private readonly ReleaseCounters _counters;
    private readonly ILogger _logger;
    private SlotsDocument _current;

    private ModelSlots(string path, ReleaseCounters counters, SlotsDocument current, ILogger logger)
    {
        Packages = new PackageFolder(Path.GetDirectoryName(path)!);
        (_path, _counters, _current, _logger) = (path, counters, current, logger);
    }

    public SlotsDocument Current => Volatile.Read(ref _current);

    public PackageFolder Packages { get; }

    /// <summary>The highest release that ever became active, by artefact.</summary>
    public IReadOnlyDictionary<string, long> Releases => _counters.Highest;

    /// <summary>This release of an artefact is about to be active; on return it is on disk that none older is taken.</summary>
    /// <param name="artefact">As counted, see <see cref="Hmas.Contracts.Artefacts.ArtefactKinds.Counter"/>.</param>
    public void Raise(string artefact, long release) => _counters.Raise([KeyValuePair.Create(artefact, release)]);

    /// <summary>Reads the slots, or begins with empty ones. An unreadable file is moved aside, and the hub's next word
    /// fills the slots again, from the packages that are still there.</summary>
    public static ModelSlots Open(string stateFolder, ILogger logger)
    {
        var folder = Path.Combine(stateFolder, "models");
        Directory.CreateDirectory(folder);
        AtomicFile.RemoveLeftovers(folder);
        var path = Path.Combine(folder, "slots.json");
        var counters = ReleaseCounters.Open(Path.Combine(stateFolder, "trust"), logger);
        if (Read(path, logger) is not { } document) return new ModelSlots(path, counters, new SlotsDocument(), logger);
        // Older agents kept the counters here, and the oldest knew them by what the slots hold.
        var known = (document.Releases ?? new Dictionary<string, long>()).Concat(CountersOf(document.Active, document.Previous))
            .Where(pair => counters.Highest.GetValueOrDefault(pair.Key) < pair.Value).ToArray();
        if (known.Length > 0) counters.Raise(known);
        var slots = new ModelSlots(path, counters, document with { Releases = null }, logger);
        slots.Collect();
        return slots;
    }

    /// <summary>A verified package takes the standby slot and is about to be tried out; returns how many
    /// attempts before this one took the program down.</summary>
    public int Stage(SlotEntry entry, ModelAssignment assignment)
    {
        var died = Current.Standby?.Digest == entry.Digest ? Current.Attempts : 0;
        Write(Current with { Standby = entry, Assignment = assignment, Attempts = died + 1 });
        return died;
    }

    /// <summary>The attempt was broken off without a verdict, and did not take the program down.</summary>
    public void BreakOff()
    {
        if (Current.Attempts > 0) Write(Current with { Attempts = Current.Attempts - 1 });
    }

    /// <summary>Standby becomes active, uncommitted; active becomes previous.</summary>
    /// <exception cref="InvalidOperationException">Nothing is staged.</exception>
    public void Activate()
    {
        var current = Current;
        var standby = current.Standby ?? throw new InvalidOperationException("no model is staged");
        // The counter first: a kill between the two leaves one that is ahead, which keeps out nothing but older ones.
        _counters.Raise(CountersOf(standby));
        Write(current with { Previous = current.Active, Active = standby, Standby = null, Committed = false, UncommittedStarts = 0, Attempts = 0 });
    }

    /// <summary>The active model stays.</summary>
    public void Commit()
    {
        Write(Current with { Committed = true, UncommittedStarts = 0, Assignment = null, Failed = null, FailedReason = null });
        Collect();
    }

    /// <summary>Previous becomes active again; null when there was none. The assignment counts as failed.</summary>
    public SlotEntry? Return(string reason)
    {
        var current = Current;
        Write(current with
        {
            Active = current.Previous, Previous = null, Standby = null, Committed = current.Previous is not null,
            UncommittedStarts = 0, Attempts = 0, Failed = current.Assignment, FailedReason = reason, Assignment = null,
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
            with { Standby = null, Attempts = 0, Failed = assignment, FailedReason = reason, Assignment = Current.Committed
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

    /// <summary>Deletes package files that no slot names.</summary>
    private void Collect() =>
        Packages.Collect(
            new[] { Current.Active, Current.Previous, Current.Standby }.Where(entry => entry is not null).Select(entry => entry!.Digest));

    private void Write(SlotsDocument next)
    {
        AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(next, ModelsJson.Default.SlotsDocument));
        Volatile.Write(ref _current, next);
        _logger.SlotsWritten(next.Active?.Digest, next.Committed, next.Previous?.Digest, next.Standby?.Digest);
    }

    /// <summary>Null: unreadable, and moved aside.</summary>
    private static SlotsDocument? Read(string path, ILogger logger)
    {
        if (!File.Exists(path)) return new SlotsDocument();
        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(path), ModelsJson.Default.SlotsDocument);
            if (document is { FormatVersion: 1 }) return document;
            logger.SlotsUnreadable(path, $"format version {document?.FormatVersion} is not 1");
        }
        catch (JsonException error)
        {
            logger.SlotsUnreadable(path, error.Message);
        }

        File.Move(path, path + ".unreadable", overwrite: true);
        return null;
    }

    private static IEnumerable<KeyValuePair<string, long>> CountersOf(params IEnumerable<SlotEntry?> entries) =>
        entries.Where(entry => entry is not null).Select(entry => KeyValuePair.Create(entry!.Name, entry.Release));
}
