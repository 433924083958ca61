using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Hmas.Inference;

/// <summary>The threshold that a policy gives for a set of healthy scores.</summary>
internal static class ThresholdRule
{
    /// <exception cref="InferenceException">Code <c>Threshold</c>: a number of the policy is out of its range.</exception>
    public static void Verify(ThresholdPolicy policy)
    {
        if (policy.Quantile is not (>= 0 and <= 1))
            throw new InferenceException("Threshold", $"quantile {policy.Quantile} is not within 0 to 1.");
        if (policy.Smoothing is not (> 0 and <= 1))
            throw new InferenceException("Threshold", $"smoothing {policy.Smoothing} is not above 0 and at most 1.");
        if (!double.IsFinite(policy.Factor) || policy.Floor is double.NaN || policy.Ceiling is double.NaN || policy.Floor > policy.Ceiling)
            throw new InferenceException(
                "Threshold", $"factor {policy.Factor}, floor {policy.Floor}, ceiling {policy.Ceiling} do not give a threshold.");
    }

    /// <summary>Quantile × factor, then floor and ceiling. The factor applies to the quantile as it is: a factor above 1 moves a
    /// negative quantile (a logit's) down; such a model's policy takes factor 1 and a floor.</summary>
    /// <param name="scores">Smoothed healthy scores, at least one, finite; sorted by the call.</param>
    public static float Fit(ThresholdPolicy policy, Span<float> scores)
    {
        var threshold = Statistics.QuantileInPlace(scores, policy.Quantile) * policy.Factor;
        threshold = Math.Max(threshold, policy.Floor ?? double.NegativeInfinity);
        return (float)Math.Min(threshold, policy.Ceiling ?? double.PositiveInfinity);
    }
}
