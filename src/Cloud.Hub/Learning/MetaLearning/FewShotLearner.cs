using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>A classifier that suits a new device after a few labelled windows: start values, and steps from them. One thread at a time.</summary>
internal sealed unsafe class FewShotLearner : IDisposable
{
    private readonly FewShotSettings _settings;
    private readonly float[] _start;
    private readonly DenseChain _chain;
    private readonly Adaptation _adaptation;
    private readonly NativeBuffer _values;
    private readonly NativeBuffer _inputs;
    private readonly NativeBuffer _targets;

    /// <param name="sizes">As <see cref="SizesOf"/> gives them.</param>
    /// <param name="start">Values that <see cref="Adapt"/> starts from.</param>
    public FewShotLearner(IReadOnlyList<int> sizes, float[] start, FewShotSettings settings)
    {
        (_settings, _start) = (settings, start);
        _chain = new DenseChain(sizes, new CrossEntropy(), settings.MaxWindows);
        _adaptation = new Adaptation(_chain, settings.Rate, settings.IsHeadOnly);
        _values = new NativeBuffer(_chain.ParameterCount);
        _inputs = new NativeBuffer(settings.MaxWindows * sizes[0]);
        _targets = new NativeBuffer(settings.MaxWindows * sizes[^1]);
        Classes = sizes[^1];
    }

    public int Classes { get; }

    /// <summary>Inputs, hidden widths and outputs of a network of dense ReLU layers.</summary>
    /// <exception cref="ArgumentException">It has other layers; the message names the first.</exception>
    public static IReadOnlyList<int> SizesOf(Network network)
    {
        var sizes = new List<int> { network.Input.Count };
        foreach (var layer in network.Layers)
        {
            if (layer is Dense) sizes.Add(layer.Output.Count);
            else if (layer is not (Dropout or Activation { Function: ActivationKind.Relu }))
                throw new ArgumentException($"layer {layer.Position} ({layer.Kind}) is neither dense nor ReLU");
        }

        return sizes;
    }

    /// <summary>Start values from which few windows of a new group suit it: learnt over groups that
    /// are known, beginning where a joint fit ended.</summary>
    /// <param name="joint">Values fitted on all groups together.</param>
    public static float[] LearnStart(
        IReadOnlyList<int> sizes, float[] joint, GroupTasks tasks, FewShotSettings settings, CancellationToken cancellation)
    {
        using var trainer = new MetaTrainer(
            new MetaSettings
            {
                Method = settings.Method, Sizes = sizes, InnerRate = settings.Rate, InnerSteps = settings.Steps, TasksPerStep = settings.TasksPerStep,
                Shots = settings.MaxWindows, MetaRate = settings.MetaRate, Seed = settings.Seed, AverageDecay = settings.AverageDecay,
            },
            tasks, joint);
        for (var step = 0; step < settings.MetaSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            trainer.Step();
        }

        return trainer.Values.ToArray();
    }

    /// <summary>Values for one device.</summary>
    /// <param name="windows">Standardised features and class; at most <see cref="FewShotSettings.MaxWindows"/>, at least one.</param>
    /// <exception cref="ArgumentException">None or too many windows, a class or a length that the network
    /// does not have, or steps that left the finite numbers.</exception>
    public float[] Adapt(IReadOnlyList<(float[] Features, int Class)> windows)
    {
        if (windows.Count == 0 || windows.Count > _settings.MaxWindows)
            throw new ArgumentException($"{windows.Count} windows to adapt from, 1 to {_settings.MaxWindows} are taken");
        var width = _inputs.Length / _settings.MaxWindows;
        _targets.Span.Clear();
        for (var row = 0; row < windows.Count; row++)
        {
            var (features, label) = windows[row];
            if (features.Length != width || label < 0 || label >= Classes)
                throw new ArgumentException(
                    $"window {row} has {features.Length} values of class {label}; {width} of a class below {Classes} are taken");
            features.CopyTo(_inputs.Span[(row * width)..]);
            _targets.Span[(row * Classes) + label] = 1;
        }

        _start.CopyTo(_values.Span);
        for (var step = 0; step < _settings.Steps; step++) _adaptation.Step(_values, _inputs.Pointer, _targets.Pointer, windows.Count, _values);
        return TensorPrimitives.IsFiniteAll<float>(_values.Span)
            ? _values.Span.ToArray() : throw new ArgumentException($"{_settings.Steps} steps at rate {_settings.Rate} left the finite numbers");
    }

    public void Dispose()
    {
        _adaptation.Dispose();
        _chain.Dispose();
        foreach (var buffer in new[] { _values, _inputs, _targets }) buffer.Dispose();
    }
}
