namespace Hmas.Inference.HeadTuning;

/// <summary>How a device tunes the last layer of a classifier on its own windows, and what it may spend on that.</summary>
public sealed record HeadTuningSettings
{
    /// <summary>Rate of the gradient steps.</summary>
    public float Rate { get; init; } = 0.05f;

    /// <summary>Passes over the windows.</summary>
    public int Epochs { get; init; } = 5;

    public int BatchSize { get; init; } = 16;

    /// <summary>Pull back to the head that was sent (μ of FedProx, Li et al. 2020); 0 is plain FedAvg.</summary>
    public float Proximal { get; init; }

    /// <summary>Largest L2 norm of what is sent back; a larger change is scaled down to it.</summary>
    public float MaxNorm { get; init; } = 1f;

    /// <summary>Standard deviation of the noise added to each value after the norm is bounded, over <see cref="MaxNorm"/>; 0 adds none.</summary>
    public float Noise { get; init; }

    /// <summary>Time the tuning may take; it ends early with what it has.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Of the order of the windows and of the noise.</summary>
    public ulong Seed { get; init; } = 1;
}
