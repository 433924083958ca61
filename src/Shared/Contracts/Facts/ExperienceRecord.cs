namespace Hmas.Contracts.Facts;

/// <summary>A window a device lived through: what it saw, what it thought, what it did.</summary>
public sealed record ExperienceRecord
{
    /// <summary>One uninterrupted operation of the machine: from a start of the stream to its end or
    /// to a long gap. Calibration belongs to a run.</summary>
    public required string RunId { get; init; }

    public required long StartUs { get; init; }

    public required long EndUs { get; init; }

    /// <summary>Raw values in channel units, shape (C, T), row-major.</summary>
    public required float[] Window { get; init; }

    public required int Channels { get; init; }

    /// <summary>Centre per channel of the device's calibration in this run, length C; empty before it is calibrated.</summary>
    public required float[] Centre { get; init; }

    /// <summary>Scale per channel, length C; empty before it is calibrated.</summary>
    public required float[] Scale { get; init; }

    public required string ModelDigest { get; init; }

    /// <summary>Smoothed score; NaN when no model answered.</summary>
    public required float Score { get; init; }

    public required float Threshold { get; init; }

    public required ExperienceReasons Reasons { get; init; }

    /// <summary>What eviction weighs, 0 (common) to 1 (never give up).</summary>
    public required float Value { get; init; }

    /// <summary>Rule that fired on this window, if any.</summary>
    public string? RuleId { get; init; }

    /// <summary>What the actuator did, if anything.</summary>
    public string? Action { get; init; }

    public int Length => Channels == 0 ? 0 : Window.Length / Channels;

    public bool IsAlarm => (Reasons & ExperienceReasons.Alarm) != 0;
}

/// <summary>Why a window was kept.</summary>
[Flags]
public enum ExperienceReasons : ushort
{
    None = 0,

    /// <summary>Within the run's calibration rows.</summary>
    Calibration = 1,

    /// <summary>Score above threshold.</summary>
    Alarm = 2,

    /// <summary>Score within the uncertain band around the threshold.</summary>
    Uncertain = 4,

    /// <summary>Far from the windows kept lately.</summary>
    Rare = 8,

    /// <summary>Thinned sample of the common.</summary>
    Routine = 16,

    /// <summary>Asked for by the hub.</summary>
    Requested = 32,
}
