namespace Hmas.Inference;

/// <summary>How unusual a score is among a device's own healthy ones, as a split conformal p-value (Vovk, Gammerman and
/// Shafer 2005): among healthy windows it is at most α in a share of at most α.</summary>
/// <remarks>That promise holds for scores that could change places with the healthy ones. Neighbouring windows
/// resemble each other, so few rows promise less than their number says.</remarks>
internal sealed class ConformalScores
{
    private float[] _sorted = [];

    /// <param name="healthy">Finite; copied.</param>
    public void Fit(ReadOnlySpan<float> healthy)
    {
        _sorted = healthy.ToArray();
        Array.Sort(_sorted);
    }

    public void Clear() => _sorted = [];

    /// <summary>(1 + healthy scores at least as large) / (1 + healthy scores); 1 before a fit. No allocation.</summary>
    public float PValue(float score)
    {
        var (low, high) = (0, _sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sorted[middle] < score) low = middle + 1;
            else high = middle;
        }

        return (1f + _sorted.Length - low) / (1f + _sorted.Length);
    }
}
