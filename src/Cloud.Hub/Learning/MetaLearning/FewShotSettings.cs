namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>How a device's few windows move a model.</summary>
internal sealed record FewShotSettings
{
    /// <summary>Reptile adapted best of the four on people never seen (docs/learning-results.md).</summary>
    public MetaMethod Method { get; init; } = MetaMethod.Reptile;

    /// <summary>Windows of a new device, at most.</summary>
    public int MaxWindows { get; init; } = 50;

    /// <summary>Rate of the steps that adapt.</summary>
    public float Rate { get; init; } = 0.05f;

    /// <summary>Steps that adapt.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>Groups a meta step draws.</summary>
    public int TasksPerStep { get; init; } = 8;

    public int MetaSteps { get; init; } = 1_000;

    /// <summary>Adam's rate over the groups.</summary>
    public float MetaRate { get; init; } = 3e-4f;

    /// <summary>Decay per meta step of the average that is returned.</summary>
    public float AverageDecay { get; init; } = 0.99f;

    public ulong Seed { get; init; } = 1;

    /// <summary>ANIL moves the last layer alone.</summary>
    public bool IsHeadOnly => Method == MetaMethod.Anil;
}
