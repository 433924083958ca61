using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Edge.Agent.Models;

/// <summary>The slots as the device record holds them (docs/formats/model-slots.md).</summary>
internal sealed record SlotsDocument
{
    /// <summary>What answers; null before the first model.</summary>
    public SlotEntry? Active { get; init; }

    /// <summary>False from the swap to the end of the health window.</summary>
    public bool Committed { get; init; }

    /// <summary>What answered before <see cref="Active"/>, kept for the way back.</summary>
    public SlotEntry? Previous { get; init; }

    /// <summary>Verified, not yet answering.</summary>
    public SlotEntry? Standby { get; init; }

    /// <summary>What the hub asked for when <see cref="Standby"/> or an uncommitted <see cref="Active"/> came.</summary>
    public ModelAssignment? Assignment { get; init; }

    /// <summary>Refused or returned; not tried again until the hub asks for something else.</summary>
    public ModelAssignment? Failed { get; init; }

    /// <summary>Why <see cref="Failed"/> failed: a word of <see cref="SlotReport.Reason"/>.</summary>
    public string? FailedReason { get; init; }

    /// <summary>Written by older agents only; read into <see cref="RecordDocument.Releases"/>.</summary>
    public Dictionary<string, long>? Releases { get; init; }

    /// <summary>Times that <see cref="Standby"/> began to be tried out and neither passed, failed
    /// nor was broken off: the program died in it.</summary>
    public int Attempts { get; init; }

    /// <summary>What the machine went down with before any slot knew of it on disk; null: nothing.</summary>
    public InterruptedTrial? Interrupted { get; init; }

    /// <summary>Number of the newest package file that these slots know of: one with a higher number came after them.</summary>
    public long NewestPackage { get; init; }

    /// <summary>Process starts since the swap that did not live to the commit.</summary>
    public int UncommittedStarts { get; init; }
}
