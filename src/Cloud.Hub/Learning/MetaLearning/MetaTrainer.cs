using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>Learns values from which a few gradient steps on a few examples suit a new task. One thread; deterministic for a seed.</summary>
internal sealed unsafe class MetaTrainer : IDisposable
{
    private readonly MetaSettings _settings;
    private readonly ITaskFamily _tasks;
    private readonly SeededRandom _random;
    private readonly float[] _average;
    private readonly Adam _optimiser;
    private readonly DenseChain _query;

    // One a step of adaptation, because its curvature is asked for on the way back.
    private readonly DenseChain[] _support;
    private readonly Adaptation[] _adaptations;
    private readonly NativeBuffer[] _adapted;
    private readonly NativeBuffer _gradient;
    private readonly NativeBuffer _product;
    private readonly NativeBuffer _curvature;
    private readonly NativeBuffer _total;
    private readonly NativeBuffer _inputs;
    private readonly NativeBuffer _targets;

    /// <param name="start">Values to begin with, as <see cref="DenseChain"/> has them; null draws them.</param>
    /// <exception cref="ArgumentException">A start of another size.</exception>
    public MetaTrainer(MetaSettings settings, ITaskFamily tasks, float[]? start = null)
    {
        (_settings, _tasks, _random) = (settings, tasks, new SeededRandom(settings.Seed));
        _query = new DenseChain(settings.Sizes, tasks.Loss, settings.Shots);
        _support = [.. Enumerable.Range(0, settings.InnerSteps).Select(_ => new DenseChain(settings.Sizes, tasks.Loss, settings.Shots))];
        _adaptations = [.. _support.Select(chain => new Adaptation(chain, settings.InnerRate, settings.Method == MetaMethod.Anil))];
        _adapted = [.. Enumerable.Range(0, settings.InnerSteps + 1).Select(_ => Values())];
        (_gradient, _product, _curvature, _total) = (Values(), Values(), Values(), Values());
        _inputs = new NativeBuffer(2 * settings.Shots * settings.Sizes[0]);
        _targets = new NativeBuffer(2 * settings.Shots * settings.Sizes[^1]);
        _optimiser = new Adam(_query.ParameterCount);
        if (start is null) _query.Initialise(_adapted[0].Span, _random);
        else if (start.Length != _query.ParameterCount)
            throw new ArgumentException($"the start has {start.Length} values, the network {_query.ParameterCount}");
        else start.CopyTo(_adapted[0].Span);
        _average = _adapted[0].Span.ToArray();

        NativeBuffer Values() => new(_query.ParameterCount);
    }

    /// <summary>The start values learnt so far: the moving average of the steps, because one step's tasks are few and pull it about.</summary>
    public ReadOnlySpan<float> Values => _average;

    /// <summary>One step over <see cref="MetaSettings.TasksPerStep"/> new tasks; returns their mean loss after
    /// adaptation (before the last inner step for Reptile).</summary>
    public double Step()
    {
        _total.Span.Clear();
        var loss = 0.0;
        for (var task = 0; task < _settings.TasksPerStep; task++)
        {
            _tasks.Draw(_random, _inputs.Span, _targets.Span);
            loss += _settings.Method == MetaMethod.Reptile ? Towards() : Through();
            TensorPrimitives.Add(_total.Span, _gradient.Span, _total.Span);
        }

        TensorPrimitives.Multiply(_total.Span, 1f / _settings.TasksPerStep, _total.Span);
        _optimiser.Step(_adapted[0].Span, _total.Span, _settings.MetaRate);
        MovingAverage.Step(_adapted[0].Span, _average, _settings.AverageDecay, _optimiser.Steps);
        return loss / _settings.TasksPerStep;
    }

    /// <summary>Mean squared error on new tasks after each of <paramref name="steps"/> adaptation steps from
    /// <see cref="MetaSettings.Shots"/> examples; the first entry is before any.</summary>
    /// <param name="judged">Fresh examples a task is judged by.</param>
    public double[] Evaluate(int tasks, int steps, int judged, ulong seed)
    {
        var random = new SeededRandom(seed);
        var shots = _settings.Shots;
        using var chain = new DenseChain(_settings.Sizes, _tasks.Loss, Math.Max(shots, judged));
        using var adaptation = new Adaptation(chain, _settings.InnerRate, _settings.Method == MetaMethod.Anil);
        using var inputs = new NativeBuffer((shots + judged) * _settings.Sizes[0]);
        using var targets = new NativeBuffer((shots + judged) * _settings.Sizes[^1]);
        using var values = new NativeBuffer(Values.Length);
        var sums = new double[steps + 1];
        for (var task = 0; task < tasks; task++)
        {
            _tasks.Draw(random, inputs.Span, targets.Span);
            Values.CopyTo(values.Span);
            for (var step = 0; step <= steps; step++)
            {
                sums[step] += chain.Loss(
                    values.Pointer, inputs.Pointer + (shots * _settings.Sizes[0]), targets.Pointer + (shots * _settings.Sizes[^1]), judged);
                adaptation.Step(values, inputs.Pointer, targets.Pointer, shots, values);
            }
        }

        return [.. sums.Select(sum => sum / tasks)];
    }

    public void Dispose()
    {
        foreach (var adaptation in _adaptations) adaptation.Dispose();
        foreach (var chain in _support.Append(_query)) chain.Dispose();
        foreach (var buffer in _adapted.Append(_gradient).Append(_product).Append(_curvature).Append(_total).Append(_inputs).Append(_targets))
            buffer.Dispose();
    }

    /// <summary>Gradient of the query loss after adaptation, with respect to the start.</summary>
    private double Through()
    {
        Adapt();
        var shots = _settings.Shots;
        var loss = _query.Gradient(
            _adapted[^1].Pointer, _inputs.Pointer + (shots * _settings.Sizes[0]), _targets.Pointer + (shots * _settings.Sizes[^1]), shots,
            _gradient.Pointer);
        if (_settings.Method == MetaMethod.FirstOrderMaml) return loss;

        // Each step was v ← v − rate · P · gradient(v), P keeping what adapts; its transposed Jacobian is 1 − rate · Hessian · P.
        for (var step = _settings.InnerSteps - 1; step >= 0; step--)
        {
            _gradient.Span.CopyTo(_product.Span);
            Keep(_product.Span);
            _support[step].Curvature(_product.Pointer, _curvature.Pointer);
            TensorPrimitives.MultiplyAdd(_curvature.Span, -_settings.InnerRate, _gradient.Span, _gradient.Span);
        }

        return loss;
    }

    /// <summary>From the start to where adaptation on all examples of the task ends.</summary>
    private double Towards()
    {
        var loss = Adapt();
        TensorPrimitives.Subtract(_adapted[0].Span, _adapted[^1].Span, _gradient.Span);
        return loss;
    }

    private double Adapt()
    {
        var loss = 0.0;
        for (var step = 0; step < _adaptations.Length; step++)
            loss = _adaptations[step].Step(_adapted[step], _inputs.Pointer, _targets.Pointer, _settings.Shots, _adapted[step + 1]);
        return loss;
    }

    /// <summary>Zeroes what does not adapt.</summary>
    private void Keep(Span<float> gradient)
    {
        if (_settings.Method == MetaMethod.Anil) gradient[.._query.HeadOffset].Clear();
    }
}
