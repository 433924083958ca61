using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Learning.Training;

/// <summary>How a fit runs; every recipe brings its own that need no tuning.</summary>
internal sealed record TrainingSettings
{
    public int Epochs { get; init; } = 30;

    public int BatchSize { get; init; } = 64;

    /// <summary>Rate at the end of the warm-up.</summary>
    public float LearningRate { get; init; } = 2e-3f;

    /// <summary>Share of the steps that warm up.</summary>
    public float WarmupShare { get; init; } = 0.1f;

    public OptimiserKind Optimiser { get; init; }

    public ScheduleKind Schedule { get; init; }

    /// <summary>Into the value for AdamW, into the gradient for the others.</summary>
    public float WeightDecay { get; init; } = 1e-3f;

    /// <summary>Largest norm of the whole gradient; 0 switches clipping off.</summary>
    public float ClipNorm { get; init; } = 1f;

    /// <summary>Epochs without a better validation loss before the fit ends; 0 runs all.</summary>
    public int Patience { get; init; }

    /// <summary>Decay per step of the moving average of the values, which is what validation judges and the fit returns; 0 switches it off.</summary>
    public float AverageDecay { get; init; }

    /// <summary>Share of each batch drawn from replay instead of new experience, [0, 1).</summary>
    public float ReplayShare { get; init; }

    /// <summary>Factor of the learning rate for each layer that learns, from the input on: 0 freezes it, small
    /// values let what a parent learnt move little. Empty: 1 for all.</summary>
    public IReadOnlyList<float> LayerRates { get; init; } = [];

    public ulong Seed { get; init; } = 1;

    public int Threads { get; init; } = 1;
}
