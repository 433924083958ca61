namespace Hmas.Trust.UpdateFramework;

/// <summary>Why a step of an update was refused. Each is final for the file at hand; a later update starts afresh.</summary>
public enum UpdateReason
{
    /// <summary>Not metadata of the expected role: not JSON, a field missing or of the wrong kind, a key id that is not its key's.</summary>
    Format,

    /// <summary>Fewer valid signatures by different keys of the role than its threshold.</summary>
    Signature,

    /// <summary>Older than what this client has already trusted, or something trusted has gone from the list.</summary>
    Rollback,

    /// <summary>Its time had run out before the update began.</summary>
    Expired,

    /// <summary>Not the file that the role above names: other version, length or hash.</summary>
    Mismatch,

    /// <summary>The repository does not have it, or no trusted role lists it.</summary>
    NotFound,

    /// <summary>Meant for another device or another class of hardware.</summary>
    NotForThisDevice,

    /// <summary>More bytes than stated, or than the cap where nothing is stated.</summary>
    TooLarge,

    /// <summary>Fewer bytes a second than the minimum.</summary>
    TooSlow,

    /// <summary>No answer, or one that is an error of the network or the server.</summary>
    Unreachable,
}
