namespace Edge.Sensors.Replay;

/// <summary>What is replayed, and how fast. Either <see cref="Folder"/> or <see cref="Files"/>.</summary>
public sealed record ReplayOptions
{
    /// <summary>Every <c>*.csv</c> of this folder, in ordinal order of name; names that begin with a dot are
    /// ignored, so a writer can rename a finished file into place.</summary>
    public string? Folder { get; init; }

    /// <summary>Played in this order.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public RecordingLayout Layout { get; init; } = RecordingLayout.Skab;

    /// <summary>Rows a second of recorded time.</summary>
    public double RateHz { get; init; } = 1;

    /// <summary>Event time over real time; 0: as fast as the sink has room.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Begins again after the last file, for ever; event time goes on from the end of the pass
    /// before, and run ids get <c>-2</c>, <c>-3</c> …</summary>
    public bool Loop { get; init; }

    /// <summary>With a folder: waits for further files when all are played.</summary>
    public bool Follow { get; init; }

    /// <summary>How often the folder is looked at while following.</summary>
    public TimeSpan FollowInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Event time of the first row; later files follow the end of the one before. Null: the recorded times are kept.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Event time between the last row of a file and the first of the next one, on top of one
    /// period; waited for in real time at <see cref="Speed"/>.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(10);

    public BadRowPolicy OnBadRow { get; init; }

    /// <exception cref="ArgumentException">Contradictory or out of range; the message names the field.</exception>
    public void Validate()
    {
        if (Folder is null == (Files.Count == 0)) throw new ArgumentException("Folder, Files: exactly one of the two must be given");
        if (Follow && Folder is null) throw new ArgumentException("Follow: needs a Folder");
        if (Follow && Loop) throw new ArgumentException("Follow, Loop: a replay cannot do both");
        if (!double.IsFinite(RateHz) || RateHz <= 0) throw new ArgumentException($"RateHz: {RateHz} must be above 0");
        if (!double.IsFinite(Speed) || Speed < 0) throw new ArgumentException($"Speed: {Speed} must be 0 or above");
        if (Pause < TimeSpan.Zero || Pause > TimeSpan.FromDays(1)) throw new ArgumentException($"Pause: {Pause} must lie between 0 and one day");
        if (FollowInterval <= TimeSpan.Zero) throw new ArgumentException($"FollowInterval: {FollowInterval} must be above 0");
        Layout.Validate();
    }
}
