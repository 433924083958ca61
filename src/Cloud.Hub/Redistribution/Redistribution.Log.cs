namespace Cloud.Hub.Redistribution;

/// <summary>Log lines of the Redistribution service. Ids 8900 to 8999.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventId = 8900, EventName = "ArtefactRegistered", Level = LogLevel.Information,
        Message = "{Kind} {Name} release {Release} is {Digest}, {Bytes} bytes, added by {AddedBy}")]
    public static partial void ArtefactRegistered(
        this ILogger logger, Hmas.Contracts.Artefacts.ArtefactKind kind, string name, long release, string digest, long bytes, string addedBy);

    [LoggerMessage(EventId = 8901, EventName = "ArtefactQuarantined", Level = LogLevel.Warning, Message = "{Digest} is quarantined: {Reason}")]
    public static partial void ArtefactQuarantined(this ILogger logger, string digest, string reason);

    [LoggerMessage(EventId = 8902, EventName = "SigningKeyMade", Level = LogLevel.Information, Message = "a signing key was made: {Path}")]
    public static partial void SigningKeyMade(this ILogger logger, string path);

    [LoggerMessage(
        EventId = 8903, EventName = "ArtefactMissing", Level = LogLevel.Error, Message = "{Digest} is listed and its file {Path} is not on disk")]
    public static partial void ArtefactMissing(this ILogger logger, string digest, string path);

    [LoggerMessage(
        EventId = 8906, EventName = "ArtefactRestored", Level = LogLevel.Warning, Message = "{Digest} was not on disk any more and came from the bucket")]
    public static partial void ArtefactRestored(this ILogger logger, string digest);

    [LoggerMessage(
        EventId = 8904, EventName = "ArtefactCollected", Level = LogLevel.Information,
        Message = "{Kind} {Name} release {Release} is deleted: nothing has needed {Digest} for long")]
    public static partial void ArtefactCollected(
        this ILogger logger, Hmas.Contracts.Artefacts.ArtefactKind kind, string name, long release, string digest);

    [LoggerMessage(
        EventId = 8905, EventName = "CollectionFailed", Level = LogLevel.Warning,
        Message = "what is needed could not be found out, so nothing is deleted; it is tried again in an hour")]
    public static partial void CollectionFailed(this ILogger logger, Exception error);

    [LoggerMessage(
        EventId = 8910, EventName = "RolloutMoved", Level = LogLevel.Information, Message = "rollout {RolloutId} {Group}: {From} to {To}: {Reason}")]
    public static partial void RolloutMoved(this ILogger logger, string rolloutId, string group, string from, string to, string reason);

    [LoggerMessage(
        EventId = 8911, EventName = "RolloutLookFailed", Level = LogLevel.Warning,
        Message = "rollout {RolloutId} could not be looked at; it is tried again at the next interval")]
    public static partial void RolloutLookFailed(this ILogger logger, string rolloutId, Exception error);

    [LoggerMessage(
        EventId = 8912, EventName = "RolloutsUnknown", Level = LogLevel.Warning,
        Message = "the list of rollouts could not be read; it is tried again at the next interval")]
    public static partial void RolloutsUnknown(this ILogger logger, Exception error);

    [LoggerMessage(
        EventId = 8913, EventName = "NotAssigned", Level = LogLevel.Warning,
        Message = "rollout {RolloutId} could not tell {DeviceId} ({Count} in all): {Reason}; it is tried again at the next interval")]
    public static partial void NotAssigned(this ILogger logger, string rolloutId, string deviceId, string reason, int count);

    [LoggerMessage(
        EventId = 8915, EventName = "CannotJoin", Level = LogLevel.Debug,
        Message = "rollout {RolloutId}: {Count} devices that match cannot join, as what they answer with is not in the registry and they could not be taken back: {Devices}")]
    public static partial void CannotJoin(this ILogger logger, string rolloutId, int count, string devices);

    [LoggerMessage(
        EventId = 8916, EventName = "RolloutUnreadable", Level = LogLevel.Warning,
        Message = "rollout {RolloutId} is in no list and is not moved on, as this hub cannot read it: {Why}; its row stays as it is")]
    public static partial void RolloutUnreadable(this ILogger logger, string rolloutId, string why);

    [LoggerMessage(
        EventId = 8920, EventName = "HoldsAllKeys", Level = LogLevel.Warning,
        Message = "this hub holds every key of the image repository: whoever holds the hub holds the fleet; offline keys: docs/operations/signing-ceremony.md")]
    public static partial void HoldsAllKeys(this ILogger logger);

    [LoggerMessage(
        EventId = 8921, EventName = "ImagesPublished", Level = LogLevel.Information,
        Message = "image repository: targets {Targets} with {Files} files, snapshot {Snapshot}, timestamp {Timestamp}")]
    public static partial void ImagesPublished(this ILogger logger, long targets, int files, long snapshot, long timestamp);

    [LoggerMessage(
        EventId = 8922, EventName = "ImagesRefused", Level = LogLevel.Error,
        Message = "image repository: what lies in {Folder} is not published, devices would refuse it: {Reason}")]
    public static partial void ImagesRefused(this ILogger logger, string folder, string reason);

    [LoggerMessage(
        EventId = 8926, EventName = "RoleRefused", Level = LogLevel.Warning,
        Message = "image repository: devices take no file of delegated role {Role}, of {Newest} versions; its team must sign one (hmas keys sign --role)")]
    public static partial void RoleRefused(this ILogger logger, string role, long newest);

    [LoggerMessage(
        EventId = 8925, EventName = "DirectorRefused", Level = LogLevel.Error,
        Message = "director: the new root in {Folder} is not taken, devices would refuse it or this hub could not sign under it: {Reason}")]
    public static partial void DirectorRefused(this ILogger logger, string folder, string reason);

    [LoggerMessage(EventId = 8923, EventName = "TrustExpires", Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void TrustExpires(this ILogger logger, string warning);

    [LoggerMessage(
        EventId = 8924, EventName = "TrustNotRenewed", Level = LogLevel.Error, Message = "update metadata could not be renewed; it is tried again")]
    public static partial void TrustNotRenewed(this ILogger logger, Exception error);

    [LoggerMessage(
        EventId = 8914, EventName = "RolloutFactUnreadable", Level = LogLevel.Warning,
        Message = "fact {FactId} of {DeviceId} is no {Kind} and counts for no rollout: {Reason}")]
    public static partial void RolloutFactUnreadable(
        this ILogger logger, long factId, string deviceId, Hmas.Contracts.Facts.FactKind kind, string reason);

    [LoggerMessage(
        EventId = 8930, EventName = "DirectReportWaits", Level = LogLevel.Warning,
        Message = "what {DeviceId} said is kept and told at its next poll: {Reason}")]
    public static partial void DirectReportWaits(this ILogger logger, string deviceId, string reason);
}
