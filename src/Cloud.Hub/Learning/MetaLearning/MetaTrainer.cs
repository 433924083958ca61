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
    private readonly DenseRegressor _query;

    // One a step of adaptation, because its curvature is asked for on the way back.
    private readonly DenseRegressor[] _support;
    private readonly NativeBuffer[] _adapted;
    private readonly NativeBuffer _gradient;
    private readonly NativeBuffer _product;
    private readonly NativeBuffer _curvature;
    private readonly NativeBuffer _total;
    private readonly NativeBuffer _inputs;
    private readonly NativeBuffer _targets;

    public MetaTrainer(MetaSettings settings, ITaskFamily tasks)
    {
        (_settings, _tasks, _random) = (settings, tasks, new SeededRandom(settings.Seed));
        _query = new DenseRegressor(settings.Sizes, settings.Shots);
        _support = [.. Enumerable.Range(0, settings.InnerSteps).Select(_ => new DenseRegressor(settings.Sizes, settings.Shots))];
        _adapted = [.. Enumerable.Range(0, settings.InnerSteps + 1).Select(_ => Values())];
        (_gradient, _product, _curvature, _total) = (Values(), Values(), Values(), Values());
        _inputs = new NativeBuffer(2 * settings.Shots * settings.Sizes[0]);
        _targets = new NativeBuffer(2 * settings.Shots * settings.Sizes[^1]);
        _optimiser = new Adam(_query.ParameterCount);
        _query.Initialise(_adapted[0].Span, _random);
        _average = _adapted[0].Span.ToArray();

        NativeBuffer Values() => new(_query.ParameterCount);
    }

    /// <summary>The start values learnt so far: the moving average of the steps, because one step's tasks are few and pull it about.</summary>
    public ReadOnlySpan<float> Values => _average;

    /// <summary>One step over <see cref="MetaSettings.TasksPerStep"/> new tasks; returns their mean loss after adaptation (before the last inner step for Reptile).</summary>
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
        // Early on a long memory would hold the first, random values: the usual ramp.
        TensorPrimitives.Lerp(_adapted[0].Span, _average, Math.Min(_settings.AverageDecay, (1f + _optimiser.Steps) / (10f + _optimiser.Steps)), _average);
        return loss / _settings.TasksPerStep;
    }

    /// <summary>Mean squared error on new tasks after each of <paramref name="steps"/> adaptation steps from <see cref="MetaSettings.Shots"/> examples; the first entry is before any.</summary>
    /// <param name="judged">Fresh examples a task is judged by.</param>
    public double[] Evaluate(int tasks, int steps, int judged, ulong seed)
    {
        var random = new SeededRandom(seed);
        var shots = _settings.Shots;
        using var regressor = new DenseRegressor(_settings.Sizes, Math.Max(shots, judged));
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
                sums[step] += regressor.Loss(values.Pointer, inputs.Pointer + (shots * _settings.Sizes[0]), targets.Pointer + (shots * _settings.Sizes[^1]), judged);
                regressor.Gradient(values.Pointer, inputs.Pointer, targets.Pointer, shots, _gradient.Pointer);
                Descend(values.Span, values.Span);
            }
        }

        return [.. sums.Select(sum => sum / tasks)];
    }

    public void Dispose()
    {
        foreach (var regressor in _support.Append(_query)) regressor.Dispose();
        foreach (var buffer in _adapted.Append(_gradient).Append(_product).Append(_curvature).Append(_total).Append(_inputs).Append(_targets)) buffer.Dispose();
    }

    /// <summary>Gradient of the query loss after adaptation, with respect to the start.</summary>
    private double Through()
    {
        Adapt(_support);
        var shots = _settings.Shots;
        var loss = _query.Gradient(
            _adapted[^1].Pointer, _inputs.Pointer + (shots * _settings.Sizes[0]), _targets.Pointer + (shots * _settings.Sizes[^1]), shots, _gradient.Pointer);
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
        var loss = Adapt(_support);
        TensorPrimitives.Subtract(_adapted[0].Span, _adapted[^1].Span, _gradient.Span);
        return loss;
    }

    private double Adapt(DenseRegressor[] steps)
    {
        var loss = 0.0;
        for (var step = 0; step < steps.Length; step++)
        {
            loss = steps[step].Gradient(_adapted[step].Pointer, _inputs.Pointer, _targets.Pointer, _settings.Shots, _gradient.Pointer);
            Descend(_adapted[step].Span, _adapted[step + 1].Span);
        }

        return loss;
    }

    private void Descend(ReadOnlySpan<float> from, Span<float> to)
    {
        Keep(_gradient.Span);
        TensorPrimitives.MultiplyAdd(_gradient.Span, -_settings.InnerRate, from, to);
    }

    /// <summary>Zeroes what does not adapt.</summary>
    private void Keep(Span<float> gradient)
    {
        if (_settings.Method == MetaMethod.Anil) gradient[.._query.HeadOffset].Clear();
    }
}
