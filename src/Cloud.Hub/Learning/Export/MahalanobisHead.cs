using Cloud.Hub.Learning.Export.Operations;

namespace Cloud.Hub.Learning.Export;

/// <summary>Makes the device's distance between answer and window the Mahalanobis distance of the residual (Mahalanobis
/// 1936; over principal components that is the T² and Q statistic of process monitoring): channels that are always
/// rebuilt badly count less, and those that err together count once.</summary>
/// <remarks>
/// Behind a reconstruction x̂ it adds y = x + W (x̂ − x − m), with m and S the mean and covariance of the
/// residual over healthy rows and WᵀW = S⁻¹ up to a factor. So |y − x|² is what
/// is wanted, the device keeps its one rule for scores, and the graph has a convolution over one row on either side of a sum.
/// </remarks>
internal static class MahalanobisHead
{
    /// <summary>Share of the mean variance added to each channel's own: a channel that is rebuilt perfectly must not decide alone.</summary>
    public const double Damping = 0.01;

    /// <param name="operations">A reconstruction of its input.</param>
    /// <param name="windows">Healthy, (C, L) each.</param>
    /// <exception cref="ArgumentException">No window, or a chain that does not rebuild its input.</exception>
    public static IReadOnlyList<Operation> Append(IReadOnlyList<Operation> operations, IReadOnlyList<float[]> windows)
    {
        var shape = operations[0].Input;
        if (operations[^1].Output != shape)
            throw new ArgumentException($"a residual needs an answer of the input's shape {shape}, not {operations[^1].Output}");
        if (windows.Count == 0) throw new ArgumentException("a residual's covariance needs windows");
        var (mean, covariance) = Residual(operations, windows);
        var whitening = Whitening(covariance);
        var channels = shape.Channels;
        var passing = new float[whitening.Length];
        var bias = new float[channels];
        for (var i = 0; i < whitening.Length; i++)
        {
            var (row, column) = (i / channels, i % channels);
            passing[i] = (row == column ? 1f : 0f) - whitening[i];
            bias[row] -= (float)(whitening[i] * mean[column]);
        }

        var last = operations.Count;
        return
        [
            .. operations,
            new ConvolutionOperation(shape, shape) { Weights = whitening, Bias = bias, Kernel = 1 },
            new ConvolutionOperation(shape, shape) { Weights = passing, Bias = new float[channels], Kernel = 1, From = 0 },
            new AddOperation(shape, last + 1) { From = last + 2 },
        ];
    }

    /// <summary>Mean (C,) and damped covariance (C, C) over all rows.</summary>
    private static (double[] Mean, double[] Covariance) Residual(IReadOnlyList<Operation> operations, IReadOnlyList<float[]> windows)
    {
        var (length, channels) = (operations[0].Input.Length, operations[0].Input.Channels);
        var (mean, second) = (new double[channels], new double[channels * channels]);
        var rows = (double)windows.Count * length;
        foreach (var window in windows)
        {
            var answer = OperationRun.Of(operations, window);
            for (var i = 0; i < answer.Length; i++) answer[i] -= window[i];
            for (var c = 0; c < channels; c++)
            {
                for (var row = 0; row < length; row++) mean[c] += answer[(c * length) + row] / rows;
                for (var d = 0; d <= c; d++)
                {
                    var sum = 0.0;
                    for (var row = 0; row < length; row++) sum += (double)answer[(c * length) + row] * answer[(d * length) + row];
                    second[(c * channels) + d] += sum / rows;
                }
            }
        }

        var added = 0.0;
        for (var c = 0; c < channels; c++) added += Damping * (second[(c * channels) + c] - (mean[c] * mean[c])) / channels;
        for (var c = 0; c < channels; c++)
        {
            for (var d = 0; d <= c; d++)
            {
                second[(c * channels) + d] += (c == d ? Math.Max(added, 1e-12) : 0) - (mean[c] * mean[d]);
                second[(d * channels) + c] = second[(c * channels) + d];
            }
        }

        return (mean, second);
    }

    /// <summary>W = L⁻¹ √(trace / C) with S = L Lᵀ: equal channels that err apart keep their residual as it is.</summary>
    private static float[] Whitening(double[] covariance)
    {
        var channels = (int)Math.Sqrt(covariance.Length);
        var trace = 0.0;
        for (var c = 0; c < channels; c++) trace += covariance[(c * channels) + c];
        return [.. Cholesky.InverseOfLower(covariance).Select(value => (float)(value * Math.Sqrt(trace / channels)))];
    }
}
