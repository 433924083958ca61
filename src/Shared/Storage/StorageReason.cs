namespace Hmas.Storage;

/// <summary>Why the disk did not do what was asked.</summary>
public enum StorageReason
{
    /// <summary>A failure of SQLite that has no word here; the message carries its code.</summary>
    Other = 0,

    /// <summary>No space left, or the file's bound is reached. Nothing of the write is kept.</summary>
    DiskFull = 1,

    /// <summary>Reading, writing or syncing failed in the operating system.</summary>
    Io = 2,

    /// <summary>The file's structure is broken; the next open moves it aside and salvages it.</summary>
    Corrupt = 3,

    /// <summary>Another process holds the file longer than the busy timeout.</summary>
    Busy = 4,

    /// <summary>The file or its folder cannot be written or opened.</summary>
    Access = 5,

    /// <summary>The file was written by a newer program.</summary>
    NewerSchema = 6,

    /// <summary>A constraint of the schema refused the row.</summary>
    Constraint = 7,
}
