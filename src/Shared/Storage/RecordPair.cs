namespace Hmas.Storage;

/// <summary>A small document in two files that take turns (docs/formats/record-pair.md): a write goes over the older one in place, so after a
/// kill, a power cut or with one file rotten there is the newest content or the one before.</summary>
/// <remarks>Each is a <see cref="FramedFile"/>, so a write costs the blocks of the document and no others. Not thread-safe.</remarks>
public sealed class RecordPair
{
    private readonly string[] _paths;

    // The file that a write must leave alone: the other may be half written when the power goes.
    private int _durable = 1;
    private long _generation;

    private RecordPair(string path) => _paths = [path + ".a", path + ".b"];

    /// <summary>What was read at open; null: nothing was there, or nothing that could be read.</summary>
    public byte[]? Content { get; private set; }

    /// <summary>Files that could not be read at open: a power cut ended their write, or they rotted. Each was moved aside.</summary>
    public IReadOnlyList<string> Damaged { get; private set; } = [];

    /// <param name="path">Without the ending, <c>.a</c> and <c>.b</c>.</param>
    /// <exception cref="StorageException">A damaged file could not be moved aside.</exception>
    public static RecordPair Open(string path)
    {
        var pair = new RecordPair(Path.GetFullPath(path));
        try
        {
            pair.Read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(error, path);
        }

        return pair;
    }

    /// <summary>Replaces the content; after a kill of the process it is there.</summary>
    /// <param name="toDisk">On return it is there after a power cut too; else with the next write that asks for it.</param>
    /// <exception cref="StorageException">Full disk, no access, or an I/O error; the content before stands.</exception>
    public void Write(ReadOnlySpan<byte> content, bool toDisk = true)
    {
        var target = 1 - _durable;
        FramedFile.Write(_paths[target], content, ++_generation, toDisk);
        if (toDisk) _durable = target;
    }

    /// <summary>Moves both files aside: they can be read, but their owner can make nothing of them.</summary>
    /// <exception cref="IOException">They cannot be moved.</exception>
    public void MoveAside()
    {
        foreach (var path in _paths.Where(File.Exists)) MoveAside(path);
    }

    private void Read()
    {
        var damaged = new List<string>();
        for (var i = 0; i < _paths.Length; i++)
        {
            if (!File.Exists(_paths[i])) continue;
            if (FramedFile.TryRead(_paths[i]) is not var (generation, content))
            {
                MoveAside(_paths[i]);
                damaged.Add(_paths[i]);
            }
            else if (generation > _generation)
            {
                (_generation, _durable, Content) = (generation, i, content);
            }
        }

        Damaged = damaged;
        if (Content is not null) ToDisk(_paths[_durable]);
    }

    /// <summary>What a killed process wrote may be in the kernel's memory only, and the next write goes over the other file.</summary>
    private static void ToDisk(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            RandomAccess.FlushToDisk(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A disk that takes nothing must not keep its owner from reading; the next write says what is wrong.
        }
    }

    private static void MoveAside(string path) => File.Move(path, path + ".unreadable", overwrite: true);
}
