using System.Numerics.Tensors;

namespace Hmas.Inference.HeadTuning;

/// <summary>Tunes the last dense layer of a classifier by gradient steps on softmax cross-entropy; everything before it stays
/// as it is. Small enough for a device: memory is three heads and one batch.</summary>
/// <remarks>One thread at a time. The same windows, seed and settings give the same bits, unless the budget cuts the run.</remarks>
/// <param name="inputs">Values of an embedding: what goes into the last layer.</param>
/// <param name="classes">Outputs of the last layer.</param>
public sealed class HeadTuner(int inputs, int classes, TimeProvider time)
{
    private readonly float[] _head = new float[(inputs + 1) * classes];
    private readonly float[] _gradient = new float[(inputs + 1) * classes];
    private readonly float[] _shares = new float[classes];

    /// <summary>Values of a head: weights (O, I), then bias (O,).</summary>
    public int HeadLength => _head.Length;

    /// <param name="head">As <see cref="HeadLength"/> says; not changed.</param>
    /// <param name="embeddings">(N, I), row-major; N ≥ 1.</param>
    /// <param name="labels">(N,), each below the number of classes.</param>
    /// <exception cref="ArgumentException">A length does not match, there is no window, or a label or
    /// value is out of range; the message names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public HeadTuningResult Tune(
        ReadOnlySpan<float> head, ReadOnlySpan<float> embeddings, ReadOnlySpan<int> labels, HeadTuningSettings settings,
        CancellationToken cancellation)
    {
        Require(head, embeddings, labels);
        head.CopyTo(_head);
        var order = new int[labels.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var random = new Random(unchecked((int)settings.Seed));
        var began = time.GetTimestamp();
        var (steps, isCut) = (0, false);
        for (var epoch = 0; epoch < settings.Epochs && !isCut; epoch++)
        {
            random.Shuffle(order);
            for (var from = 0; from < order.Length && !isCut; from += settings.BatchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                Step(head, embeddings, labels, order.AsSpan(from, Math.Min(settings.BatchSize, order.Length - from)), settings);
                steps++;
                isCut = time.GetElapsedTime(began) >= settings.Budget;
            }
        }

        var delta = new float[_head.Length];
        TensorPrimitives.Subtract(_head, head, delta);
        var norm = TensorPrimitives.Norm<float>(delta);
        var isClipped = norm > settings.MaxNorm;
        if (isClipped) TensorPrimitives.Multiply(delta, settings.MaxNorm / norm, delta);
        if (settings.Noise > 0)
        {
            foreach (ref var value in delta.AsSpan()) value += settings.Noise * settings.MaxNorm * Normal(random);
        }

        return new HeadTuningResult(delta, steps, isCut, isClipped);
    }

    private void Step(
        ReadOnlySpan<float> sent, ReadOnlySpan<float> embeddings, ReadOnlySpan<int> labels, ReadOnlySpan<int> batch, HeadTuningSettings settings)
    {
        _gradient.AsSpan().Clear();
        foreach (var row in batch)
        {
            var embedding = embeddings.Slice(row * inputs, inputs);
            Shares(embedding);
            _shares[labels[row]] -= 1;
            for (var c = 0; c < classes; c++)
            {
                var weights = _gradient.AsSpan(c * inputs, inputs);
                TensorPrimitives.MultiplyAdd(embedding, _shares[c], weights, weights);
                _gradient[(classes * inputs) + c] += _shares[c];
            }
        }

        TensorPrimitives.MultiplyAdd(_gradient, -settings.Rate / batch.Length, _head, _head);
        if (settings.Proximal > 0) TensorPrimitives.Lerp(_head, sent, settings.Rate * settings.Proximal, _head);
    }

    /// <summary>softmax of the head's answer, shifted by the largest so that nothing overflows.</summary>
    private void Shares(ReadOnlySpan<float> embedding)
    {
        for (var c = 0; c < classes; c++)
            _shares[c] = TensorPrimitives.Dot(embedding, _head.AsSpan(c * inputs, inputs)) + _head[(classes * inputs) + c];
        TensorPrimitives.Subtract(_shares, TensorPrimitives.Max<float>(_shares), _shares);
        TensorPrimitives.Exp(_shares, _shares);
        TensorPrimitives.Divide(_shares, TensorPrimitives.Sum<float>(_shares), _shares);
    }

    private void Require(ReadOnlySpan<float> head, ReadOnlySpan<float> embeddings, ReadOnlySpan<int> labels)
    {
        if (head.Length != _head.Length)
            throw new ArgumentException($"a head of {head.Length} values was sent, {_head.Length} are wanted", nameof(head));
        if (labels.Length == 0) throw new ArgumentException("there is no labelled window to tune on", nameof(labels));
        if (embeddings.Length != labels.Length * inputs)
            throw new ArgumentException($"{embeddings.Length} values for {labels.Length} windows of {inputs}", nameof(embeddings));
        if (!TensorPrimitives.IsFiniteAll(head)) throw new ArgumentException("the head holds a value that is not finite", nameof(head));
        if (!TensorPrimitives.IsFiniteAll(embeddings))
            throw new ArgumentException("an embedding holds a value that is not finite", nameof(embeddings));
        foreach (var label in labels)
        {
            if (label < 0 || label >= classes) throw new ArgumentException($"label {label} is not below {classes}", nameof(labels));
        }
    }

    /// <summary>Standard normal, Box and Muller 1958.</summary>
    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
