using System.Buffers;
using System.Text.Json;
using Hmas.Contracts.Twins;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Models;

/// <summary>The slots on disk: active, previous, standby. Every step is one atomic replacement of <c>slots.json</c>; package files are written before a slot names them and deleted after none does.</summary>
/// <remarks>One loop owns it; <see cref="Current"/> may be read from any thread.</remarks>
internal sealed class ModelSlots
{
    private const string PackageEnding = ".hmas";
    private const string PartEnding = ".part";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string _folder;
    private readonly ILogger _logger;
    private SlotsDocument _current;

    private ModelSlots(string folder, SlotsDocument current, ILogger logger)
    {
        _folder = folder;
        _current = current;
        _logger = logger;
    }

    public SlotsDocument Current => Volatile.Read(ref _current);

    /// <summary>The highest release that ever became active, by artefact.</summary>
    public IReadOnlyDictionary<string, long> Releases => Current.Releases ?? new Dictionary<string, long>();

    /// <summary>Reads the slots, or begins with empty ones. An unreadable file is moved aside, and the hub's next word fills the slots again.</summary>
    public static ModelSlots Open(string stateFolder, ILogger logger)
    {
        var folder = Path.Combine(stateFolder, "models");
        Directory.CreateDirectory(folder);
        AtomicFile.RemoveLeftovers(folder);
        var path = Path.Combine(folder, "slots.json");
        var slots = new ModelSlots(folder, Read(path, logger), logger);
        slots.Collect();
        return slots;
    }

    public string PackagePath(string digest) => Path.Combine(_folder, FileName(digest) + PackageEnding);

    /// <summary>Where a download of this package grows.</summary>
    public string PartPath(string digest) => Path.Combine(_folder, FileName(digest) + PartEnding);

    /// <summary>The package's bytes, if its file is there.</summary>
    public byte[]? ReadPackage(string digest, long maxBytes)
    {
        var file = new FileInfo(PackagePath(digest));
        return file.Exists && file.Length <= maxBytes ? File.ReadAllBytes(file.FullName) : null;
    }

    /// <summary>A whole download becomes the package file.</summary>
    public void KeepPart(string digest) => File.Move(PartPath(digest), PackagePath(digest), overwrite: true);

    public void WritePackage(string digest, ReadOnlySpan<byte> bytes) => AtomicFile.Write(PackagePath(digest), bytes);

    /// <summary>A verified package takes the standby slot.</summary>
    public void Stage(SlotEntry entry, ModelAssignment assignment) => Write(Current with { Standby = entry, Assignment = assignment });

    /// <summary>Standby becomes active, uncommitted; active becomes previous.</summary>
    /// <exception cref="InvalidOperationException">Nothing is staged.</exception>
    public void Activate()
    {
        var current = Current;
        var standby = current.Standby ?? throw new InvalidOperationException("no model is staged");
        Write(current with { Previous = current.Active, Active = standby, Standby = null, Committed = false, UncommittedStarts = 0, Releases = Counting(Releases, standby) });
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
            UncommittedStarts = 0, Failed = current.Assignment, FailedReason = reason, Assignment = null,
        });
        Collect();
        return current.Previous;
    }

    /// <summary>No model in any slot.</summary>
    public void Empty()
    {
        Write(new SlotsDocument { Releases = Releases });
        Collect();
    }

    /// <summary>An assignment is not tried again until the hub asks for something else; the standby slot is empty.</summary>
    public void Refuse(ModelAssignment assignment, string reason)
    {
        Write(Current with { Standby = null, Failed = assignment, FailedReason = reason, Assignment = Current.Committed ? null : Current.Assignment });
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

    /// <summary>Deletes package files that no slot names; a part file stays for a download to go on, the newest one only.</summary>
    private void Collect()
    {
        var current = Current;
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in new[] { current.Active, current.Previous, current.Standby })
        {
            if (entry is not null) kept.Add(PackagePath(entry.Digest));
        }

        foreach (var file in Directory.EnumerateFiles(_folder, "*" + PackageEnding))
        {
            if (!kept.Contains(file)) File.Delete(file);
        }

        foreach (var old in Directory.EnumerateFiles(_folder, "*" + PartEnding).OrderByDescending(File.GetLastWriteTimeUtc).Skip(1)) File.Delete(old);
    }

    private void Write(SlotsDocument next)
    {
        AtomicFile.Write(Path.Combine(_folder, "slots.json"), JsonSerializer.SerializeToUtf8Bytes(next, ModelsJson.Default.SlotsDocument));
        Volatile.Write(ref _current, next);
        _logger.SlotsWritten(next.Active?.Digest, next.Committed, next.Previous?.Digest, next.Standby?.Digest);
    }

    private static SlotsDocument Read(string path, ILogger logger)
    {
        if (!File.Exists(path)) return new SlotsDocument();
        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(path), ModelsJson.Default.SlotsDocument);
            // A file from before the counters knows them by what its slots hold.
            if (document is { FormatVersion: 1 }) return document.Releases is null ? document with { Releases = Counting(new Dictionary<string, long>(), document.Active, document.Previous) } : document;
            logger.SlotsUnreadable(path, $"format version {document?.FormatVersion} is not 1");
        }
        catch (JsonException error)
        {
            logger.SlotsUnreadable(path, error.Message);
        }

        File.Move(path, path + ".unreadable", overwrite: true);
        return new SlotsDocument();
    }

    private static Dictionary<string, long> Counting(IReadOnlyDictionary<string, long> known, params ReadOnlySpan<SlotEntry?> entries)
    {
        var releases = new Dictionary<string, long>(known, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry is not null) releases[entry.Name] = Math.Max(entry.Release, releases.GetValueOrDefault(entry.Name));
        }

        return releases;
    }

    /// <exception cref="ArgumentException">Not <c>sha256:</c> and 64 hex digits: it would become part of a path.</exception>
    private static string FileName(string digest)
    {
        const string prefix = "sha256:";
        if (digest.Length == prefix.Length + 64 && digest.StartsWith(prefix, StringComparison.Ordinal) && !digest.AsSpan(prefix.Length).ContainsAnyExcept(HexDigits))
            return digest[prefix.Length..];
        throw new ArgumentException($"digest '{digest}' is not sha256: and 64 lower-case hex digits", nameof(digest));
    }
}
