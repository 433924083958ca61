namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>How start values are learnt; defaults are the sinusoid protocol's.</summary>
internal sealed record MetaSettings
{
    public MetaMethod Method { get; init; } = MetaMethod.Maml;

    /// <summary>Inputs, hidden sizes, outputs of the dense ReLU network.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [1, 40, 40, 1];

    /// <summary>Rate of the plain gradient steps that adapt.</summary>
    public float InnerRate { get; init; } = 0.01f;

    /// <summary>Adaptation steps while learning; a start adapts by any number later.</summary>
    public int InnerSteps { get; init; } = 1;

    public int TasksPerStep { get; init; } = 25;

    /// <summary>Examples to adapt from, and as many to judge by.</summary>
    public int Shots { get; init; } = 10;

    /// <summary>Adam's rate.</summary>
    public float MetaRate { get; init; } = 1e-3f;

    /// <summary>Decay per meta step of the average that is returned.</summary>
    public float AverageDecay { get; init; } = 0.999f;

    public ulong Seed { get; init; } = 1;
}
