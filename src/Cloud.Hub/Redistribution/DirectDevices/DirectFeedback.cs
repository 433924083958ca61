namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>What a device says of an action.</summary>
internal enum DirectFeedback
{
    /// <summary>It works on it, or has installed it and will restart.</summary>
    Proceeding,

    /// <summary>Ended well, as it says.</summary>
    Succeeded,

    /// <summary>Ended badly.</summary>
    Failed,

    /// <summary>It will not.</summary>
    Rejected,
}
