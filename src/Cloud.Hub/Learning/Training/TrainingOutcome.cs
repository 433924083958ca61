namespace Cloud.Hub.Learning.Training;

/// <summary>How a fit ended. The network holds <see cref="BestEpoch"/>'s values.</summary>
internal sealed record TrainingOutcome
{
    /// <summary>Mean training loss per epoch.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>Validation loss per epoch; empty without a validation set.</summary>
    public required IReadOnlyList<double> Validations { get; init; }

    /// <summary>1-based; 0 when no epoch ended.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Set when the fit stopped because a value was not finite.</summary>
    public Divergence? Divergence { get; init; }
}
