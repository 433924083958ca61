namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Normalises each channel over batch and time, then scales and shifts (Ioffe and Szegedy 2015). Running statistics as PyTorch keeps them: momentum 0.1, unbiased variance.</summary>
internal sealed unsafe class BatchNorm : Layer, IBatchLayer
{
    public const float Epsilon = 1e-5f;
    private const float Momentum = 0.1f;
    private const int MaxLanes = Network.MaxLanes;

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
        var channels = Input.Channels;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var x = input.Sample(sample);
            for (var row = 0; row < Input.Length; row++, x += channels)
            {
                for (var c = 0; c < channels; c++)
                {
                    sums[c] += x[c];
                    sums[channels + c] += (double)x[c] * x[c];
                }
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
                squares += _sums[lane][channels + c];
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
        var factor = stackalloc float[channels];
        var offset = stackalloc float[channels];
        for (var c = 0; c < channels; c++)
        {
            var inverse = lane.IsTraining ? _batchInverse[c] : 1f / MathF.Sqrt(_variance.Values[c] + Epsilon);
            factor[c] = _scale.Values[c] * inverse;
            offset[c] = _shift.Values[c] - ((lane.IsTraining ? _batchMean[c] : _mean.Values[c]) * factor[c]);
        }

        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var x = input.Sample(sample);
            var y = output.Sample(sample);
            for (var row = 0; row < Input.Length; row++, x += channels, y += channels)
            {
                for (var c = 0; c < channels; c++) y[c] = (x[c] * factor[c]) + offset[c];
            }
        }
    }

    public void BeginBackward(Lane lane, Sequence input, Sequence outputGradient)
    {
        var sums = _sums[lane.Index];
        Array.Clear(sums);
        var channels = Input.Channels;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var x = input.Sample(sample);
            var dy = outputGradient.Sample(sample);
            for (var row = 0; row < Input.Length; row++, x += channels, dy += channels)
            {
                for (var c = 0; c < channels; c++)
                {
                    sums[c] += dy[c];
                    sums[channels + c] += (double)dy[c] * ((x[c] - _batchMean[c]) * _batchInverse[c]);
                }
            }
        }

        for (var c = 0; c < channels; c++)
        {
            lane.Gradients[_shift.Offset + c] += (float)sums[c];
            lane.Gradients[_scale.Offset + c] += (float)sums[channels + c];
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
                product += _sums[lane][channels + c];
            }

            _meanGradient[c] = (float)(sum / _rows);
            _meanGradientTimesX[c] = (float)(product / _rows);
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        var channels = Input.Channels;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var x = input.Sample(sample);
            var dy = outputGradient.Sample(sample);
            var dx = inputGradient.Sample(sample);
            for (var row = 0; row < Input.Length; row++, x += channels, dy += channels, dx += channels)
            {
                for (var c = 0; c < channels; c++)
                {
                    var normal = (x[c] - _batchMean[c]) * _batchInverse[c];
                    dx[c] = _scale.Values[c] * _batchInverse[c] * (dy[c] - _meanGradient[c] - (normal * _meanGradientTimesX[c]));
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
        _sums = new double[MaxLanes][];
        for (var lane = 0; lane < MaxLanes; lane++) _sums[lane] = new double[2 * channels];
        (_batchMean, _batchInverse) = (new float[channels], new float[channels]);
        (_meanGradient, _meanGradientTimesX) = (new float[channels], new float[channels]);
        return input;
    }
}
