using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Tests.Learning.Training;

/// <summary>One layer outside any network, some samples in two lanes; its loss is a random weighting of what comes out.</summary>
internal sealed unsafe class LayerProbe : IDisposable
{
    private const int Batch = 4;
    private readonly Layer _layer;
    private readonly NativeBuffer _values;
    private readonly NativeBuffer[] _gradients;
    private readonly Sequence _input;
    private readonly Sequence _output;
    private readonly Sequence _outputGradient;
    private readonly Sequence _inputGradient;
    private readonly Lane[] _lanes;
    private readonly int _parameters;

    public LayerProbe(Layer layer, Shape input, ulong seed)
    {
        _layer = layer;
        (layer as Residual)?.BindSkip(input);
        layer.Bind(input, 0);
        _parameters = layer.Parameters.Sum(p => p.Count);
        _values = new NativeBuffer(_parameters + layer.States.Sum(p => p.Count));
        var offset = 0;
        foreach (var parameter in layer.Parameters.Concat(layer.States))
        {
            parameter.Attach(_values.Pointer, offset);
            offset += parameter.Count;
        }

        var random = new SeededRandom(seed);
        layer.Initialise(random);
        _gradients = [new NativeBuffer(_parameters), new NativeBuffer(_parameters)];
        _lanes = [Lane(0, 0, Batch / 2), Lane(1, Batch / 2, Batch)];
        _input = new Sequence(Batch, input, layer.InputHalo);
        _output = new Sequence(Batch, layer.Output, layer.OutputWriteHalo);
        _outputGradient = new Sequence(Batch, layer.Output, layer.GradientHalo);
        _inputGradient = new Sequence(Batch, input, layer.GradientWriteHalo);
        for (var b = 0; b < Batch; b++)
        {
            foreach (ref var value in _input.SampleSpan(b)) value = layer is Embedding ? random.Next(5) : random.NextNormal();
            foreach (ref var value in _outputGradient.SampleSpan(b)) value = random.NextNormal();
        }
    }

    public ReadOnlySpan<float> ParameterGradients => _gradients[0].Span;

    public float[] InputGradients => [.. Enumerable.Range(0, Batch).SelectMany(b => _inputGradient.SampleSpan(b).ToArray())];

    public void SetInput(int index, float value) => _input.SampleSpan(index / _input.Shape.Count)[index % _input.Shape.Count] = value;

    /// <summary>Forth and back, the lanes' sums joined.</summary>
    public void Run()
    {
        Forward();
        if (_layer is IBatchLayer batch)
        {
            foreach (var lane in _lanes) batch.BeginBackward(lane, _input, _outputGradient);
            batch.JoinBackward(_lanes.Length);
        }

        foreach (var lane in _lanes)
        {
            _layer.Backward(lane, _input, _output, _outputGradient, _inputGradient);
            (_layer as Residual)?.BackwardSkip(lane, _input, _outputGradient, _inputGradient);
        }

        for (var i = 0; i < _parameters; i++) _gradients[0].Span[i] += _gradients[1].Span[i];
    }

    public double WithParameter(int index, float moved) => With(ref _values.Span[index], moved);

    public double WithInput(int index, float moved) => With(ref _input.SampleSpan(index / _input.Shape.Count)[index % _input.Shape.Count], moved);

    public void Dispose()
    {
        foreach (var sequence in new[] { _input, _output, _outputGradient, _inputGradient }) sequence.Dispose();
        foreach (var buffer in _gradients) buffer.Dispose();
        _values.Dispose();
        _layer.Dispose();
    }

    private double With(ref float place, float moved)
    {
        var value = place;
        place = value + moved;
        Forward();
        place = value;
        var sum = 0.0;
        for (var b = 0; b < Batch; b++)
        {
            for (var i = 0; i < _output.Shape.Count; i++) sum += (double)_output.SampleSpan(b)[i] * _outputGradient.SampleSpan(b)[i];
        }

        return sum;
    }

    private void Forward()
    {
        _layer.Prepare();
        if (_layer is IBatchLayer batch)
        {
            foreach (var lane in _lanes) batch.BeginForward(lane, _input);
            batch.JoinForward(_lanes.Length, Batch * _input.Shape.Length);
        }

        foreach (var lane in _lanes)
        {
            if (_layer is Residual residual) residual.ForwardSkip(lane, _input, _input, _output);
            else _layer.Forward(lane, _input, _output);
        }
    }

    private Lane Lane(int index, int from, int to) =>
        new(index) { From = from, To = to, IsTraining = true, StepSeed = 5, Gradients = _gradients[index].Pointer };
}
