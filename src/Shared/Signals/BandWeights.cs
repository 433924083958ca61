using System.Numerics.Tensors;

namespace Hmas.Signals;

/// <summary>Weights that gather the bins of a power spectrum into bands; each band touches one contiguous range of bins.</summary>
internal sealed class BandWeights
{
    /// <summary>Added to a band's power before the logarithm: −60 dB of a channel normalised to variance
    /// 1, so silence is −13.8 and not minus infinity.</summary>
    public const float Floor = 1e-6f;

    private readonly float[][] _weights;
    private readonly int[] _firstBin;

    /// <param name="weigh">Weight ≥ 0 of (band, bin).</param>
    public BandWeights(int bands, int bins, Func<int, int, double> weigh)
    {
        _weights = new float[bands][];
        _firstBin = new int[bands];
        for (var band = 0; band < bands; band++)
        {
            var weights = new float[bins];
            for (var bin = 0; bin < bins; bin++)
                weights[bin] = (float)weigh(band, bin);
            var first = Array.FindIndex(weights, weight => weight > 0);
            var last = Array.FindLastIndex(weights, weight => weight > 0);
            _firstBin[band] = Math.Max(first, 0);
            _weights[band] = first < 0 ? [] : weights[first..(last + 1)];
        }
    }

    public int Bands => _weights.Length;

    /// <summary>Number of bins that the band gathers; 0: the band lies between two bins.</summary>
    public int BinsOf(int band) => _weights[band].Length;

    /// <summary>Natural logarithm of each band's power plus <see cref="Floor"/>.</summary>
    /// <param name="output"><see cref="Bands"/> values; overwritten.</param>
    public void LogPower(ReadOnlySpan<float> power, Span<float> output)
    {
        for (var band = 0; band < _weights.Length; band++)
            output[band] = MathF.Log(TensorPrimitives.Dot(power.Slice(_firstBin[band], _weights[band].Length), _weights[band]) + Floor);
    }
}
