namespace Hmas.Signals;

/// <summary>Equally wide frequency bands: the natural logarithm of the power in each.</summary>
/// <remarks>A bin covers half a bin width to each side of its frequency and is shared between the bands it
/// overlaps, so no band is empty and no power counts twice.</remarks>
public static class SpectrumBands
{
    internal static BandWeights Weights(int bands, double minHz, double maxHz, int fftLength, double rateHz)
    {
        var binHz = rateHz / fftLength;
        var bandHz = (maxHz - minHz) / bands;
        return new BandWeights(bands, (fftLength / 2) + 1, (band, bin) =>
        {
            var low = Math.Max(minHz + (band * bandHz), (bin - 0.5) * binHz);
            var high = Math.Min(minHz + ((band + 1) * bandHz), (bin + 0.5) * binHz);
            return Math.Max(0, high - low) / binHz;
        });
    }
}
