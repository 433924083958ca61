using System.Text.Json;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Models;

/// <summary>The device's memory of its slots, release counters and desired state: <c>record.a</c> and <c>record.b</c> in the state folder.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class DeviceRecord
{
    private readonly RecordPair _files;
    private readonly OlderFiles _older;
    private readonly Lock _gate = new();
    private RecordDocument _current;

    private DeviceRecord(string stateFolder, RecordPair files, OlderFiles older, RecordDocument current, bool hasMemory)
    {
        (StateFolder, HasMemory) = (stateFolder, hasMemory);
        (_files, _older, _current, Synced) = (files, older, current, current);
    }

    public string StateFolder { get; }

    /// <summary>False: what the slots held could not be read at the start, so packages that they do not name may be theirs.</summary>
    public bool HasMemory { get; }

    public RecordDocument Current => Volatile.Read(ref _current);

    /// <summary>What a power cut would leave.</summary>
    public RecordDocument Synced { get; private set; }

    /// <summary>Reads the record, takes over what an older agent left, or begins anew. What cannot be read is moved aside, and the hub's next
    /// word fills the slots again, from the packages that are still there.</summary>
    /// <exception cref="StorageException">The state folder cannot be used.</exception>
    public static DeviceRecord Open(string stateFolder, ILogger logger)
    {
        Directory.CreateDirectory(stateFolder);
        var files = RecordPair.Open(Path.Combine(stateFolder, "record"));
        foreach (var path in files.Damaged) logger.RecordDamaged(path);
        var older = new OlderFiles(stateFolder, logger);
        var isFirst = files is { Content: null, Damaged.Count: 0 } && !older.Exist;
        var known = Parse(files, logger);
        var current = (known ?? older.Document() ?? new RecordDocument()).Raised(older.Releases());
        // The copy that is gone may have said that any package became active that is here.
        if (files.Damaged.Count > 0) current = current.Raised(new PackageFolder(ModelSlots.FolderOf(stateFolder)).Releases());
        var record = new DeviceRecord(stateFolder, files, older, current, isFirst || known is not null || current.Slots.Active is not null);
        // Into both files, so that what was taken over outlives either.
        if (known is null && older.Exist) record.TakeOver(logger);
        return record;
    }

    /// <summary>On return the change is on disk.</summary>
    /// <param name="toDisk">False: it outlives the process, and a power cut with the next change that asks for it.</param>
    /// <exception cref="StorageException">Not on disk; nothing has changed.</exception>
    public void Change(Func<RecordDocument, RecordDocument> change, bool toDisk = true)
    {
        lock (_gate)
        {
            var next = change(_current);
            _files.Write(JsonSerializer.SerializeToUtf8Bytes(next, ModelsJson.Default.RecordDocument), toDisk);
            Volatile.Write(ref _current, next);
            if (toDisk) Synced = next;
        }
    }

    /// <summary>A model was proven under this record: files of an older agent lead nowhere any more.</summary>
    public void ForgetOlder() => _older.Delete();

    private void TakeOver(ILogger logger)
    {
        try
        {
            for (var i = 0; i < 2; i++) Change(static document => document);
        }
        catch (StorageException error)
        {
            // The older files are still there; the next change writes, or the next start.
            logger.TakeOverFailed(error, error.Reason);
        }
    }

    private static RecordDocument? Parse(RecordPair files, ILogger logger)
    {
        if (files.Content is not { } content) return null;
        try
        {
            var document = JsonSerializer.Deserialize(content, ModelsJson.Default.RecordDocument);
            if (document is { FormatVersion: 1 }) return document;
            logger.SlotsUnreadable("record", $"format version {document?.FormatVersion} is not 1");
        }
        catch (JsonException error)
        {
            logger.SlotsUnreadable("record", error.Message);
        }

        files.MoveAside();
        return null;
    }
}
