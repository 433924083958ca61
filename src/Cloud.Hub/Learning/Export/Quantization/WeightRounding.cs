using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Rounds a channel's weights one after the other and lets those still to come make up for what each has lost (Hassibi and
/// Stork 1993; Frantar et al. 2022, GPTQ), because its answers count and not its weights.</summary>
/// <remarks>With the second moments A of what meets the weights the error of the answers is eᵀ A e = ‖U e‖², U the Cholesky factor: from the
/// last weight to the first, each takes the step nearest to where its row of U e would be 0.</remarks>
internal sealed class WeightRounding
{
    public const int Most = 127;

    /// <summary>uint8 × int8 pairs are summed in int16 by machines without VNNI.</summary>
    public const int PairLimit = short.MaxValue / 255;

    /// <summary>Share of the mean power added to every value's own: what calibration showed is not all there is.</summary>
    private const double Damping = 0.01;

    /// <summary>Steps that the largest weight may take; fewer leave pairs room, more resolve better.</summary>
    private static readonly int[] Limits = [127, 120, 112, 104, 96, 88, 80, 72, 64];

    private readonly int _length;
    private readonly double[] _factor;
    private readonly int[] _partners;
    private readonly double[] _errors;

    /// <param name="length">Weights of a channel.</param>
    /// <param name="second">(n, n), changed; null: every weight for itself.</param>
    /// <param name="kernel">Taps; pairs are looked for in (C, K) order and in the (K, C) order of channel-last kernels.</param>
    public WeightRounding(int length, double[]? second, int kernel)
    {
        _length = length;
        _factor = second ?? [];
        _errors = new double[length];
        _partners = Partners(length, kernel);
        if (second is not null) Factorise(second, length);
    }

    /// <summary>Whether some pair of weights can leave 16 bits.</summary>
    public bool Saturates(ReadOnlySpan<sbyte> quantized)
    {
        for (var i = 0; i < _partners.Length; i++)
        {
            if (_partners[i] >= 0 && Math.Abs(quantized[i / 2] + quantized[_partners[i]]) > PairLimit) return true;
        }

        return false;
    }

    /// <summary>Nearest steps at the finest scale, as a runtime without limits would have them.</summary>
    public static float Nearest(ReadOnlySpan<float> weights, Span<sbyte> quantized)
    {
        var scale = Scale(weights, Most, 0);
        for (var i = 0; i < weights.Length; i++)
            quantized[i] = (sbyte)Math.Clamp(Math.Round((double)weights[i] / scale, MidpointRounding.ToEven), -Most, Most);
        return scale;
    }

    /// <summary>The scale and steps with the least error of the answers.</summary>
    /// <param name="pairs">Keeps every pair within 16 bits.</param>
    /// <param name="least">Smallest scale allowed.</param>
    /// <returns>The scale.</returns>
    public float Best(ReadOnlySpan<float> weights, Span<sbyte> quantized, bool pairs, float least)
    {
        var trial = new sbyte[_length];
        var (best, error) = (0f, double.PositiveInfinity);
        foreach (var limit in Limits)
        {
            var scale = Scale(weights, limit, least);
            var tried = Round(weights, scale, pairs, trial);
            if (!(tried < error)) continue;
            (best, error) = (scale, tried);
            trial.CopyTo(quantized);
        }

        return best;
    }

    private static float Scale(ReadOnlySpan<float> weights, int limit, float least)
    {
        var scale = Math.Max((float)(Math.Abs((double)TensorPrimitives.MaxMagnitude(weights)) / limit), least);
        return float.IsNormal(scale) ? scale : 1f;
    }

    /// <summary>Steps at a given scale.</summary>
    /// <returns>The error of the answers.</returns>
    public double Round(ReadOnlySpan<float> weights, float scale, bool pairs, Span<sbyte> quantized)
    {
        var total = 0.0;
        for (var i = _length - 1; i >= 0; i--)
        {
            double wanted = weights[i];
            var own = 1.0;
            if (_factor.Length > 0)
            {
                var row = _factor.AsSpan(i * _length, _length);
                own = row[i];
                wanted += TensorPrimitives.Dot<double>(row[(i + 1)..], _errors.AsSpan(i + 1)) / own;
            }

            var (low, high) = (-Most, Most);
            for (var p = 2 * i; pairs && p < (2 * i) + 2; p++)
            {
                // Partners behind are rounded already.
                if (_partners[p] > i)
                    (low, high) = (Math.Max(low, -PairLimit - quantized[_partners[p]]), Math.Min(high, PairLimit - quantized[_partners[p]]));
            }

            quantized[i] = (sbyte)Math.Clamp(Math.Round(wanted / scale, MidpointRounding.ToEven), low, high);
            _errors[i] = weights[i] - ((double)scale * quantized[i]);
            total += Math.Pow(own * (wanted - ((double)scale * quantized[i])), 2);
        }

        return total;
    }

    /// <summary>A + damping = Uᵀ U in place, U upper.</summary>
    private static void Factorise(double[] second, int length)
    {
        var power = 0.0;
        for (var i = 0; i < length; i++) power += second[(i * length) + i];
        var added = Math.Max(Damping * power / length, 1e-12);
        for (var i = 0; i < length; i++) second[(i * length) + i] += added;
        for (var k = 0; k < length; k++)
        {
            var row = second.AsSpan((k * length) + k, length - k);
            // Rounding may leave a tiny negative power where one input follows from the others.
            TensorPrimitives.Divide(row, Math.Sqrt(Math.Max(row[0], 1e-3 * added)), row);
            for (var j = 1; j < row.Length; j++)
            {
                var below = second.AsSpan(((k + j) * length) + k + j, row.Length - j);
                TensorPrimitives.MultiplyAdd(row[j..], -row[j], below, below);
            }
        }
    }

    /// <summary>Two a weight, −1 for none; pairs begin at even places, because the instruction adds bytes 0 and 1, 2 and 3.</summary>
    private static int[] Partners(int length, int kernel)
    {
        var inputs = length / kernel;
        var result = new int[2 * length];
        for (var i = 0; i < length; i++)
        {
            result[2 * i] = (i ^ 1) < length ? i ^ 1 : -1;
            var turned = ((i % kernel * inputs) + (i / kernel)) ^ 1;
            result[(2 * i) + 1] = turned < length ? (turned % inputs * kernel) + (turned / inputs) : -1;
        }

        return result;
    }
}
