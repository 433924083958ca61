namespace Hmas.Inference;

/// <summary>What a detector says of one window.</summary>
/// <param name="Raw">Score of this window alone; NaN or infinite when not valid.</param>
/// <param name="Smoothed">Moving average up to this window; what the threshold judges. An invalid window
/// leaves it as it was (NaN before the first valid one).</param>
/// <param name="IsAlarm"><paramref name="Smoothed"/> lies above the threshold; never on an invalid window.</param>
/// <param name="IsValid">The raw score is a finite number.</param>
/// <param name="Ratio">
/// How far the smoothed score is over the threshold, 1 being the threshold itself. Residuals: score over
/// threshold. Logits, whose threshold lies near 0 or below: the difference
/// shifted by 1, so that 5 means odds e⁴ times those of the threshold. NaN when not valid, or where a residual's threshold is not above 0.
/// </param>
public readonly record struct DetectorScore(float Raw, float Smoothed, bool IsAlarm, bool IsValid, float Ratio);
