using System.Numerics;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Normalises each channel over batch and time, then scales and shifts (Ioffe and Szegedy 2015). Running
/// statistics as PyTorch keeps them: momentum 0.1, unbiased variance.</summary>
internal sealed unsafe class BatchNorm : Layer, IBatchLayer
{
    public const float Epsilon = 1e-5f;
    private const float Momentum = 0.1f;
    private const int MaxLanes = Network.MaxLanes;

    /// <summary>Values that all their channels pass before the next ones come, so that memory gives each of them once.</summary>
    private const int BlockValues = 8192;
    private static readonly int Width = Vector<float>.Count;

    private Parameter _scale = null!;
    private Parameter _shift = null!;
    private Parameter _mean = null!;
    private Parameter _variance = null!;

    // Per lane: two sums per channel; in double, so that E[x²] − E[x]² keeps its digits.
    private double[][] _sums = [];
    private float[] _batchMean = [];
    private float[] _batchInverse = [];
    private float[] _meanGradient = [];
    private float[] _meanGradientTimesX = [];
    private int _rows;

    /// <summary>Channels filled up to whole vectors.</summary>
    private int _padded;

    /// <summary>Samples of a block.</summary>
    private int _block;

    public override string Kind => "batch-norm";

    public override IReadOnlyList<Parameter> Parameters => [_scale, _shift];

    public override IReadOnlyList<Parameter> States => [_mean, _variance];

    /// <summary>γ (C,).</summary>
    public Span<float> Scale => _scale.Span;

    /// <summary>β (C,).</summary>
    public Span<float> Shift => _shift.Span;

    public Span<float> RunningMean => _mean.Span;

    public Span<float> RunningVariance => _variance.Span;

    public override void Initialise(SeededRandom random)
    {
        _scale.Span.Fill(1);
        _variance.Span.Fill(1);
    }

    public void BeginForward(Lane lane, Sequence input)
    {
        var sums = _sums[lane.Index];
        Array.Clear(sums);
        for (var begin = lane.From; begin < lane.To; begin += _block)
        {
            var end = Math.Min(begin + _block, lane.To);
            for (var c = 0; c < Input.Channels; c += Width)
            {
                // Columns past the last channel are another row's, or slack: their sums are never read.
                var (low, high) = Load(sums, c);
                var (lowSquares, highSquares) = Load(sums, _padded + c);
                for (var sample = begin; sample < end; sample++)
                {
                    var x = input.Sample(sample) + c;
                    for (var row = 0; row < Input.Length; row++, x += Input.Channels)
                    {
                        Vector.Widen(Vector.Load(x), out var first, out var second);
                        low += first;
                        high += second;
                        lowSquares += first * first;
                        highSquares += second * second;
                    }
                }

                Store(sums, c, low, high);
                Store(sums, _padded + c, lowSquares, highSquares);
            }
        }
    }

    public void JoinForward(int lanes, int rows)
    {
        _rows = rows;
        var channels = Input.Channels;
        for (var c = 0; c < channels; c++)
        {
            double sum = 0, squares = 0;
            for (var lane = 0; lane < lanes; lane++)
            {
                sum += _sums[lane][c];
                squares += _sums[lane][_padded + c];
            }

            var mean = sum / rows;
            var variance = Math.Max(0, (squares / rows) - (mean * mean));
            _batchMean[c] = (float)mean;
            _batchInverse[c] = (float)(1 / Math.Sqrt(variance + Epsilon));
            var unbiased = rows > 1 ? variance * rows / (rows - 1) : variance;
            _mean.Values[c] += Momentum * ((float)mean - _mean.Values[c]);
            _variance.Values[c] += Momentum * ((float)unbiased - _variance.Values[c]);
        }
    }

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        var channels = Input.Channels;
        var factor = stackalloc float[_padded];
        var offset = stackalloc float[_padded];
        for (var c = 0; c < channels; c++)
        {
            var inverse = lane.IsTraining ? _batchInverse[c] : 1f / MathF.Sqrt(_variance.Values[c] + Epsilon);
            factor[c] = _scale.Values[c] * inverse;
            offset[c] = _shift.Values[c] - ((lane.IsTraining ? _batchMean[c] : _mean.Values[c]) * factor[c]);
        }

        for (var begin = lane.From; begin < lane.To; begin += _block)
        {
            var end = Math.Min(begin + _block, lane.To);
            for (var from = 0; from < channels; from += Width)
            {
                var whole = from + Width <= channels;
                var (scale, shift) = (Vector.Load(factor + from), Vector.Load(offset + from));
                for (var sample = begin; sample < end; sample++)
                {
                    var x = input.Sample(sample) + from;
                    var y = output.Sample(sample) + from;
                    for (var row = 0; row < Input.Length; row++, x += channels, y += channels)
                    {
                        var value = Vector.FusedMultiplyAdd(Vector.Load(x), scale, shift);
                        if (whole) value.Store(y);
                        else StoreSome(value, y, channels - from);
                    }
                }
            }
        }
    }

    public void BeginBackward(Lane lane, Sequence input, Sequence outputGradient)
    {
        var sums = _sums[lane.Index];
        var channels = Input.Channels;
        Array.Clear(sums);
        for (var begin = lane.From; begin < lane.To; begin += _block)
        {
            var end = Math.Min(begin + _block, lane.To);
            for (var from = 0; from < channels; from += Width)
            {
                var (low, high) = Load(sums, from);
                var (lowProducts, highProducts) = Load(sums, _padded + from);
                var (mean, inverse) = (new Vector<float>(_batchMean, from), new Vector<float>(_batchInverse, from));
                for (var sample = begin; sample < end; sample++)
                {
                    var x = input.Sample(sample) + from;
                    var dy = outputGradient.Sample(sample) + from;
                    for (var row = 0; row < Input.Length; row++, x += channels, dy += channels)
                    {
                        Vector.Widen(Vector.Load(dy), out var first, out var second);
                        Vector.Widen((Vector.Load(x) - mean) * inverse, out var firstNormal, out var secondNormal);
                        low += first;
                        high += second;
                        lowProducts += first * firstNormal;
                        highProducts += second * secondNormal;
                    }
                }

                Store(sums, from, low, high);
                Store(sums, _padded + from, lowProducts, highProducts);
            }
        }

        for (var c = 0; c < channels; c++)
        {
            lane.Gradients[_shift.Offset + c] += (float)sums[c];
            lane.Gradients[_scale.Offset + c] += (float)sums[_padded + c];
        }
    }

    public void JoinBackward(int lanes)
    {
        var channels = Input.Channels;
        for (var c = 0; c < channels; c++)
        {
            double sum = 0, product = 0;
            for (var lane = 0; lane < lanes; lane++)
            {
                sum += _sums[lane][c];
                product += _sums[lane][_padded + c];
            }

            _meanGradient[c] = (float)(sum / _rows);
            _meanGradientTimesX[c] = (float)(product / _rows);
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        var channels = Input.Channels;
        for (var begin = lane.From; begin < lane.To; begin += _block)
        {
            var end = Math.Min(begin + _block, lane.To);
            for (var from = 0; from < channels; from += Width)
            {
                var whole = from + Width <= channels;
                var (mean, inverse) = (new Vector<float>(_batchMean, from), new Vector<float>(_batchInverse, from));
                var (meanGradient, product) = (new Vector<float>(_meanGradient, from), new Vector<float>(_meanGradientTimesX, from) * inverse);
                var scale = Vector.Load(_scale.Values + from) * inverse;
                for (var sample = begin; sample < end; sample++)
                {
                    var x = input.Sample(sample) + from;
                    var dy = outputGradient.Sample(sample) + from;
                    var dx = inputGradient.Sample(sample) + from;
                    for (var row = 0; row < Input.Length; row++, x += channels, dy += channels, dx += channels)
                    {
                        var gradient = scale * (Vector.Load(dy) - meanGradient - ((Vector.Load(x) - mean) * product));
                        if (whole) gradient.Store(dx);
                        else StoreSome(gradient, dx, channels - from);
                    }
                }
            }
        }
    }

    protected override Shape OnBind(Shape input)
    {
        var channels = input.Channels;
        _scale = new Parameter("scale", channels);
        _shift = new Parameter("shift", channels);
        _mean = new Parameter("running-mean", channels);
        _variance = new Parameter("running-variance", channels);
        _padded = (channels + Width - 1) / Width * Width;
        _block = Math.Max(1, BlockValues / input.Count);
        _sums = new double[MaxLanes][];
        for (var lane = 0; lane < MaxLanes; lane++) _sums[lane] = new double[2 * _padded];
        (_batchMean, _batchInverse) = (new float[_padded], new float[_padded]);
        (_meanGradient, _meanGradientTimesX) = (new float[_padded], new float[_padded]);
        return input;
    }

    private static (Vector<double> Low, Vector<double> High) Load(double[] sums, int at) =>
        (new Vector<double>(sums, at), new Vector<double>(sums, at + Vector<double>.Count));

    private static void Store(double[] sums, int at, Vector<double> low, Vector<double> high)
    {
        low.CopyTo(sums, at);
        high.CopyTo(sums, at + Vector<double>.Count);
    }

    private static void StoreSome(Vector<float> value, float* target, int count)
    {
        for (var i = 0; i < count; i++) target[i] = value[i];
    }
}
