namespace Edge.Agent.Hosting.Status;

/// <param name="State">Last step of a slot, a word of <see cref="Hmas.Contracts.Models.SlotState"/>.</param>
/// <param name="SwapMs">Of the last swap.</param>
/// <param name="FailedReason">Why the last refused or returned model was.</param>
internal sealed record ModelStatus(
    string State, string? ActiveDigest, string? ActiveName, long? ActiveRelease, bool Committed, string? PreviousDigest, string? StandbyDigest,
    string? ShadowDigest,
    double? SwapMs, int? MissedWindows, string? FailedDigest, string? FailedReason);
