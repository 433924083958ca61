using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Training;

/// <summary>A chain of layers over one flat block of values: learnt parameters first, then what layers keep beside them. So an
/// optimiser, a clip, an average or a checkpoint is one pass over one span.</summary>
/// <remarks>An explicit chain instead of a recorded tape: nothing is allocated or looked up per step, every gradient
/// is written and tested by hand (docs/adr/0003). Owns its layers.</remarks>
internal sealed unsafe class Network : IDisposable
{
    /// <summary>A batch is cut into at most this many lanes, whatever the number of threads.</summary>
    public const int MaxLanes = 4;

    /// <summary>Limit on learnt values: the device's models have 5 thousand to 500 thousand.</summary>
    public const int MaxParameters = 16_000_000;

    private readonly NativeBuffer _values;

    /// <param name="input">Shape of one sample.</param>
    /// <param name="seed">Of the first values.</param>
    /// <exception cref="ArgumentException">A layer does not fit its input; the message names it.</exception>
    public Network(Shape input, IReadOnlyList<Layer> layers, ulong seed)
    {
        if (layers.Count == 0) throw new ArgumentException("a network needs a layer");
        Input = input;
        Layers = layers;
        var shape = input;
        for (var i = 0; i < layers.Count; i++)
        {
            if (layers[i] is Residual residual)
            {
                if (residual.Back < 1 || residual.Back > i)
                    throw new ArgumentException($"layer {i} (residual) reaches {residual.Back} layers back, there are {i}");
                residual.BindSkip(residual.Back == i ? input : layers[i - residual.Back - 1].Output);
            }

            layers[i].Bind(shape, i);
            shape = layers[i].Output;
        }

        Output = shape;
        ParameterCount = layers.Sum(layer => layer.Parameters.Sum(p => p.Count));
        if (ParameterCount > MaxParameters) throw new ArgumentException($"{ParameterCount} parameters are more than {MaxParameters}");
        var total = ParameterCount + layers.Sum(layer => layer.States.Sum(p => p.Count));
        _values = new NativeBuffer(total);
        var offset = 0;
        foreach (var parameter in layers.SelectMany(layer => layer.Parameters).Concat(layers.SelectMany(layer => layer.States)))
        {
            parameter.Attach(_values.Pointer, offset);
            offset += parameter.Count;
        }

        var random = new SeededRandom(seed);
        foreach (var layer in layers) layer.Initialise(random);
        Prepare();
    }

    public Shape Input { get; }

    public Shape Output { get; }

    public IReadOnlyList<Layer> Layers { get; }

    public int ParameterCount { get; }

    /// <summary>Parameters and states.</summary>
    public Span<float> Values => _values.Span;

    public Span<float> Parameters => _values.Span[..ParameterCount];

    /// <summary>Call after the values changed.</summary>
    public void Prepare()
    {
        foreach (var layer in Layers) layer.Prepare();
    }

    /// <exception cref="ArgumentException">Wrong count.</exception>
    public void Load(ReadOnlySpan<float> values)
    {
        if (values.Length != _values.Length) throw new ArgumentException($"{values.Length} values given, the network has {_values.Length}");
        values.CopyTo(_values.Span);
        Prepare();
    }

    /// <summary>Layer and parameter at a place of the flat values, for messages.</summary>
    public string Describe(int offset)
    {
        foreach (var layer in Layers)
        {
            foreach (var parameter in layer.Parameters)
            {
                if (offset >= parameter.Offset && offset < parameter.Offset + parameter.Count)
                    return $"layer {layer.Position} ({layer.Kind}) {parameter.Name}";
            }
        }

        return "state";
    }

    public void Dispose()
    {
        foreach (var layer in Layers) layer.Dispose();
        _values.Dispose();
    }
}
