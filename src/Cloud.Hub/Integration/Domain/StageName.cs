namespace Cloud.Hub.Integration.Domain;

/// <summary>The stages of the loop as people see them, in order.</summary>
public enum StageName
{
    /// <summary>Devices show what they sense.</summary>
    Sense,

    /// <summary>Devices hand over facts.</summary>
    Sync,

    /// <summary>Facts are on the hub's disk.</summary>
    Store,

    /// <summary>Alarms and the truth about them arrive.</summary>
    Judge,

    /// <summary>A candidate is trained and compared.</summary>
    Learn,

    /// <summary>A model is signed and registered.</summary>
    Sign,

    /// <summary>A model travels to devices.</summary>
    Rollout,

    /// <summary>Devices show how it behaves; a gate judges.</summary>
    Prove,
}
