namespace Hmas.Signals;

/// <summary>Triangular bands, equally spaced on the mel scale: the natural logarithm of the power in each.</summary>
/// <remarks>Mel scale of O'Shaughnessy 1987, as HTK has it: mel = 2595·log₁₀(1 + f/700). Triangles
/// peak at 1 and reach to their neighbours' peaks.</remarks>
public static class MelBands
{
    public static double ToMel(double hz) => 2595 * Math.Log10(1 + (hz / 700));

    public static double ToHz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);

    internal static BandWeights Weights(int bands, double minHz, double maxHz, int fftLength, double rateHz)
    {
        var binHz = rateHz / fftLength;
        var (low, high) = (ToMel(minHz), ToMel(maxHz));
        double Edge(int i) => ToHz(low + ((high - low) * i / (bands + 1)));
        return new BandWeights(bands, (fftLength / 2) + 1, (band, bin) =>
        {
            var (left, peak, right) = (Edge(band), Edge(band + 1), Edge(band + 2));
            var hz = bin * binHz;
            return Math.Max(0, Math.Min((hz - left) / (peak - left), (right - hz) / (right - peak)));
        });
    }
}
