using Hmas.Inference;

namespace Edge.Agent.Perception.Inference;

/// <summary>What inference says of a frame.</summary>
/// <param name="Raw">NaN unless <see cref="PredictionState.Scored"/>.</param>
/// <param name="Smoothed">Last valid smoothed score of the run; NaN before the first.</param>
/// <param name="Threshold">NaN before calibration.</param>
/// <param name="Digest">Of the model that answered; null without one.</param>
/// <param name="InferenceUs">Time the model took, measured some ten times a second; NaN otherwise.</param>
internal record struct Prediction(
    PredictionState State, float Raw, float Smoothed, float Threshold, bool IsAlarm, string? Digest, float InferenceUs)
{
    public static Prediction None { get; } = new(PredictionState.NoModel, float.NaN, float.NaN, float.NaN, false, null, float.NaN);

    /// <summary>A window was due and the model was asked.</summary>
    public readonly bool IsAnswer => State is PredictionState.Scored or PredictionState.Invalid or PredictionState.Failed;

    /// <summary>How near the answer is to another one, which it becomes at 1, comparable between models; NaN before the first valid answer.</summary>
    /// <remarks>Of a detector how far the score is over the threshold (<see cref="Hmas.Inference.DetectorScore.Ratio"/>),
    /// of a classifier the runner-up's probability over the best one's.</remarks>
    public float ScoreRatio { get; set; } = float.NaN;

    /// <summary>Last valid class of a classifier, by its name; null otherwise.</summary>
    public string? Class { get; set; }

    /// <summary>Last valid answer of a model of remaining life; null otherwise.</summary>
    public LifeEstimate? Life { get; set; }

    /// <summary>Calibrated probability of <see cref="Class"/>, 0 to 1; NaN without one.</summary>
    public float Probability { get; set; } = float.NaN;
}
