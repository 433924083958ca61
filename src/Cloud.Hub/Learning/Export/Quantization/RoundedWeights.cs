using Cloud.Hub.Learning.Export.Operations;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>The weights of one operation as int8, and the bias that makes up for their mean error.</summary>
internal sealed class RoundedWeights
{
    private readonly IWeighted _operation;
    private readonly WeightRounding[] _roundings;
    private readonly double[][] _means;
    private readonly bool _pairs;
    private readonly sbyte[] _values;
    private readonly float[] _scales;

    public RoundedWeights(IWeighted operation, PatchMoments moments, bool pairs)
    {
        (_operation, _pairs) = (operation, pairs);
        var groups = Enumerable.Range(0, operation.Groups);
        _roundings = [.. groups.Select(group => new WeightRounding(Row, moments.Second(group), operation.KernelSize))];
        _means = [.. groups.Select(moments.Mean)];
        _values = new sbyte[operation.Weights.Length];
        _scales = new float[operation.OutputChannels];
        double signal = 0, noise = 0;
        for (var o = 0; o < _scales.Length; o++)
        {
            var weights = Weights(o);
            var quantized = _values.AsSpan(o * Row, Row);
            WeightRounding.Nearest(weights, quantized);
            if (Rounding(o).Saturates(quantized)) UnsafeChannels++;
            _scales[o] = Rounding(o).Best(weights, quantized, pairs, 0);
            for (var i = 0; i < Row; i++)
            {
                signal += (double)weights[i] * weights[i];
                noise += Math.Pow(weights[i] - ((double)_scales[o] * quantized[i]), 2);
            }
        }

        SqnrDb = noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
    }

    /// <summary>Signal to quantization noise of the weights; what counts is the noise of the answers, which is less.</summary>
    public double SqnrDb { get; }

    /// <summary>Channels that would leave 16 bits somewhere if each weight were rounded for itself.</summary>
    public int UnsafeChannels { get; }

    private int Row => _operation.Weights.Length / _operation.OutputChannels;

    /// <summary>With the bias for an input of this scale.</summary>
    public WeightQuantization At(float inputScale)
    {
        var (values, scales) = ((sbyte[])_values.Clone(), (float[])_scales.Clone());
        var (integers, biasScales) = (new int[scales.Length], new float[scales.Length]);
        for (var o = 0; o < scales.Length; o++)
        {
            var quantized = values.AsSpan(o * Row, Row);
            // The bias must fit int32 at scale input × weight; half the range leaves room for its correction.
            var least = (float)(Math.Abs((double)_operation.Bias[o]) / (inputScale * (int.MaxValue / 2.0)));
            if (scales[o] < least) scales[o] = Rounding(o).Best(Weights(o), quantized, _pairs, least);
            biasScales[o] = inputScale * scales[o];
            integers[o] = (int)Math.Clamp(
                Math.Round(CorrectedBias(o, quantized, scales[o]) / biasScales[o], MidpointRounding.ToEven), int.MinValue, int.MaxValue);
        }

        return new WeightQuantization(values, scales, integers, biasScales);
    }

    private ReadOnlySpan<float> Weights(int o) => _operation.Weights.AsSpan(o * Row, Row);

    private int GroupOf(int o) => o / (_operation.OutputChannels / _operation.Groups);

    private WeightRounding Rounding(int o) => _roundings[GroupOf(o)];

    /// <summary>The mean error of the rounded weights goes into the bias: an operation is linear, so the mean patch is enough.</summary>
    private double CorrectedBias(int o, ReadOnlySpan<sbyte> quantized, float scale)
    {
        var weights = Weights(o);
        var mean = _means[GroupOf(o)];
        double bias = _operation.Bias[o];
        for (var i = 0; i < weights.Length; i++) bias -= (((double)scale * quantized[i]) - weights[i]) * mean[i];
        return bias;
    }
}
