namespace Edge.Agent.Perception.Inference;

/// <summary>What inference says of a frame.</summary>
/// <param name="Raw">NaN unless <see cref="PredictionState.Scored"/>.</param>
/// <param name="Smoothed">Last valid smoothed score of the run; NaN before the first.</param>
/// <param name="Threshold">NaN before calibration.</param>
/// <param name="Digest">Of the model that answered; null without one.</param>
/// <param name="InferenceUs">Time the model took; 0 unless it ran.</param>
internal readonly record struct Prediction(
    PredictionState State, float Raw, float Smoothed, float Threshold, bool IsAlarm, string? Digest, float InferenceUs)
{
    public static Prediction None { get; } = new(PredictionState.NoModel, float.NaN, float.NaN, float.NaN, false, null, 0);

    /// <summary>A window was due and the model was asked.</summary>
    public bool IsAnswer => State is PredictionState.Scored or PredictionState.Invalid or PredictionState.Failed;

    /// <summary>Score over threshold, comparable between models; NaN where either is missing.</summary>
    public float ScoreRatio => Threshold > 0 ? Smoothed / Threshold : float.NaN;
}
