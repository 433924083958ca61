namespace Cloud.Hub.Learning.Fits;

/// <summary>What a fit is, beside its windows.</summary>
internal sealed record FitHeader
{
    public required string Recipe { get; init; }

    public required ulong Seed { get; init; }

    public required int InputLength { get; init; }

    public required int InputChannels { get; init; }

    /// <summary>Names that a classifier tells apart; empty for a detector.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Which of the windows that judge are of which run of a machine, in their order.</summary>
    public IReadOnlyList<JudgingRun> JudgingRuns { get; init; } = [];

    /// <summary>As <see cref="Training.TrainingSettings.LayerRates"/>.</summary>
    public IReadOnlyList<float> LayerRates { get; init; } = [];

    /// <summary>Factor of the recipe's learning rate.</summary>
    public float Rate { get; init; } = 1;
}
