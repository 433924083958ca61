namespace Cloud.Hub.Redistribution.Contract;

public enum RolloutCommand
{
    /// <summary>Says yes to one that needs it; not by whoever requested it.</summary>
    Approve,

    /// <summary>Begins the next group that waits for a person.</summary>
    Trigger,

    Pause,
    Resume,

    /// <summary>Tells devices that could not get the package once more.</summary>
    Retry,

    Cancel,
    Restore,

    /// <summary>Ends a restore that waits for devices which are away; what they should go back to stays in their desired state.</summary>
    Force,
}
