using Hmas.Inference;

namespace Edge.Agent.Perception.Inference;

/// <summary>A model's answer to one window.</summary>
/// <param name="Raw">Score of this window alone; NaN or infinite when the model failed on it, NaN of a classifier.</param>
/// <param name="Smoothed">What is compared with the threshold; NaN of a classifier.</param>
/// <param name="Ratio">See <see cref="Prediction.ScoreRatio"/>.</param>
internal readonly record struct WindowScore(float Raw, float Smoothed, bool IsAlarm, bool IsValid, float Ratio)
{
    /// <summary>Index of the most probable class in the manifest; -1 without one.</summary>
    public int Class { get; init; } = -1;

    /// <summary>What a model of remaining life tells; null of others.</summary>
    public LifeEstimate? Life { get; init; }

    /// <summary>Calibrated probability of <see cref="Class"/>; NaN of a detector.</summary>
    public float Probability { get; init; } = float.NaN;
}
