namespace Cloud.Hub.Memory.Domain;

/// <summary>What becomes of a fact that arrived.</summary>
internal enum FactVerdict
{
    /// <summary>The next one: stored.</summary>
    New,

    /// <summary>Stored already: dropped.</summary>
    Repeat,

    /// <summary>Something before it is missing: not stored; the device sends it again after what is missing.</summary>
    Gap,

    /// <summary>The device gave a stretch up; nothing to store.</summary>
    Tombstone,
}
