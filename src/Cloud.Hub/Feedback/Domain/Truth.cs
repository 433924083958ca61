namespace Cloud.Hub.Feedback.Domain;

/// <summary>What labels say of a window. Numbers stand in feedback.db: never reused.</summary>
internal enum Truth
{
    /// <summary>No label covers the window's end.</summary>
    Unknown = 0,

    /// <summary>A label begins or ends within the window: what it saw is of both kinds, so it judges no model.</summary>
    Straddles = 1,

    Normal = 2,

    Anomaly = 3,
}
