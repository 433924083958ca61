using System.Numerics.Tensors;
using Cloud.Hub.Learning.Export.Operations;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>One pass over calibration windows: range and histogram of every tensor, moments of what meets each
/// operation's weights. Memory does not grow with the number of windows.</summary>
internal sealed class RangeCollector : IDisposable
{
    /// <summary>Share left out at each end by <see cref="RangeRule.Percentile"/>: 99.999 % of the values stay.</summary>
    private const double LeftOut = 5e-6;

    private readonly OperationRun _run;
    private readonly GrowingHistogram[] _histograms;
    private readonly PatchMoments?[] _moments;

    public RangeCollector(IReadOnlyList<Operation> operations)
    {
        _run = new OperationRun(operations);
        _histograms = [.. _run.Tensors.Select(_ => new GrowingHistogram())];
        _moments = [.. operations.Select(o => o is IWeighted weighted ? new PatchMoments(weighted) : null)];
        Min = new float[_histograms.Length];
        Max = new float[_histograms.Length];
    }

    /// <summary>Windows seen.</summary>
    public int Count { get; private set; }

    /// <summary>Of the input (0) and each operation's output (i + 1).</summary>
    public float[] Min { get; }

    public float[] Max { get; }

    /// <param name="window">(C, L) row-major, as the graph's input.</param>
    /// <exception cref="ArgumentException">Wrong length, or a value that is not finite.</exception>
    public void Observe(ReadOnlySpan<float> window)
    {
        if (window.Length != _run.Input.Length)
            throw new ArgumentException($"a calibration window has {window.Length} values, the model takes {_run.Input.Length}");
        window.CopyTo(_run.Input);
        _run.Run();
        for (var i = 0; i < _histograms.Length; i++)
        {
            var tensor = _run.Tensors[i];
            var (low, high) = (TensorPrimitives.Min<float>(tensor), TensorPrimitives.Max<float>(tensor));
            if (!float.IsFinite(low) || !float.IsFinite(high))
                throw new ArgumentException($"calibration window {Count} makes a value that is not finite at tensor {i}");
            Min[i] = Math.Min(Min[i], low);
            Max[i] = Math.Max(Max[i], high);
            _histograms[i].Add(tensor, low, high);
        }

        for (var i = 0; i < _moments.Length; i++) _moments[i]?.Observe(_run.InputOf(i));
        Count++;
    }

    /// <summary>Moments of what meets the weights of a weighted operation.</summary>
    public PatchMoments Moments(int operation) => _moments[operation]!;

    /// <summary>Range of a tensor by a rule, never wider than what was seen.</summary>
    public (float Min, float Max) Range(int tensor, RangeRule rule) => rule switch
    {
        RangeRule.Percentile => Within(tensor, _histograms[tensor].Percentile(LeftOut)),
        RangeRule.LeastError => LeastError(tensor),
        _ => (Min[tensor], Max[tensor]),
    };

    public void Dispose()
    {
        foreach (var moments in _moments) moments?.Dispose();
    }

    private (float Min, float Max) Within(int tensor, (float Min, float Max) range) =>
        (Math.Max(range.Min, Min[tensor]), Math.Min(range.Max, Max[tensor]));

    private (float Min, float Max) LeastError(int tensor)
    {
        var (best, least) = ((Min[tensor], Max[tensor]), double.PositiveInfinity);
        for (var percent = 100; percent >= 30; percent -= 2)
        {
            var range = (Min[tensor] * percent / 100, Max[tensor] * percent / 100);
            var error = _histograms[tensor].Error(range.Item1, range.Item2);
            if (error < least) (best, least) = (range, error);
        }

        return best;
    }
}
