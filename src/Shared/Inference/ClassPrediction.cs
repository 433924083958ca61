namespace Hmas.Inference;

/// <summary>What a classifier says of one window.</summary>
/// <param name="Class">Index of the most probable class; −1 when not valid.</param>
/// <param name="Probability">Its calibrated probability, 0 to 1; NaN when not valid.</param>
/// <param name="Margin">Its lead over the second: small where a label would teach most.</param>
public readonly record struct ClassPrediction(int Class, float Probability, float Margin)
{
    /// <summary>The second's probability over the best one's, 0 to 1: near 1 the answer might as well be another; NaN when not valid.</summary>
    public float Ratio => (Probability - Margin) / Probability;

    /// <summary>Classes that the manifest's prediction set keeps, at least the most probable: 1 is sure, more is a
    /// question worth a label. 0 when not valid or the manifest has no set.</summary>
    public int SetSize { get; init; }

    /// <summary>Every logit was a finite number.</summary>
    public bool IsValid => Class >= 0;
}
