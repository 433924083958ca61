using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export;

/// <summary>A classifier's ear for faults that no label has named: how far the newest row of a window lies from normal running, as the Mahalanobis
/// distance over its channels (as Lee et al. 2018 have it against inputs of a kind never learnt). Where that is further than normal rows of other
/// runs lie, it raises the logit.</summary>
/// <remarks>
/// d² = xᵀ S⁻¹ x / C, x the newest row as the recipe normalises it: 0 is what the device's own healthy rows show, S is how far rows known to be
/// normal go from there later in a run, so a drift that is usual counts little. Beside a logit it gives <c>Steepness · (d / bar − 1)</c>, and the
/// larger of the two is told. The bar is the distance that the budgeted share of normal rows passes, each measured by the S of the other runs.
/// </remarks>
internal sealed class DistanceGuard
{
    /// <summary>Share of the mean variance added to each channel's own: one that never moved must not decide alone.</summary>
    private const double Damping = 0.1;

    /// <summary>Logits by which a row as far again as the bar lies above it.</summary>
    public const float Steepness = 4;

    /// <summary>Fewer runs do not show how runs differ.</summary>
    private const int MinRuns = 3;

    /// <summary>So many times one over the budget: fewer windows have no such quantile.</summary>
    private const double MinPassing = 2;

    private DistanceGuard(float[] whitening, Shape shape, int runs, int windows) =>
        (Whitening, Shape, Runs, Windows) = (whitening, shape, runs, windows);

    /// <summary>W, (C, C): the guard's logit is |W x| − <see cref="Steepness"/>.</summary>
    public float[] Whitening { get; }

    /// <summary>Of a window.</summary>
    public Shape Shape { get; }

    /// <summary>Runs that the bar comes from.</summary>
    public int Runs { get; }

    /// <summary>Windows that the bar comes from.</summary>
    public int Windows { get; }

    /// <summary>Fits distance and bar.</summary>
    /// <param name="windows">Those that are normal behind a calibration are taken (<see cref="LabelledWindow.IsPlainlyNormal"/>).</param>
    /// <param name="budget">Share of normal rows that may pass the bar, above 0.</param>
    /// <returns>Null where there are too few: a bar would be a guess.</returns>
    public static DistanceGuard? Fit(IEnumerable<LabelledWindow> windows, Shape shape, double budget)
    {
        var channels = shape.Channels;
        var runs = windows.Where(window => window.IsPlainlyNormal).GroupBy(window => window.Run)
            .Select(run => run.Select(window => window.Features[^channels..]).ToList()).ToList();
        var count = runs.Sum(run => run.Count);
        if (runs.Count < MinRuns || count * budget < MinPassing) return null;
        var moments = runs.Select(run => Moment(run, channels)).ToList();
        var all = Sum(moments);
        var distances = new List<double>(count);
        for (var i = 0; i < runs.Count; i++)
        {
            var others = Whiten([.. all.Zip(moments[i], (sum, own) => sum - own)], count - runs[i].Count);
            distances.AddRange(runs[i].Select(row => Length(others, row)));
        }

        distances.Sort();
        var bar = Math.Max(distances[(int)Math.Ceiling((1 - budget) * count) - 1], float.Epsilon);
        return new DistanceGuard([.. Whiten(all, count).Select(value => (float)(Steepness * value / bar))], shape, runs.Count, count);
    }

    /// <param name="window">(C, L), as the graph's input.</param>
    /// <returns>What stands beside the classifier's logit.</returns>
    public float Logit(ReadOnlySpan<float> window)
    {
        var newest = new float[Shape.Channels];
        for (var c = 0; c < newest.Length; c++) newest[c] = window[((c + 1) * Shape.Length) - 1];
        return (float)Length([.. Whitening.Select(value => (double)value)], newest) - Steepness;
    }

    /// <summary>Adds it to a graph.</summary>
    /// <param name="input">Name of the window (1, C, L), in float.</param>
    /// <param name="logit">Name of the classifier's answer, (1, 1).</param>
    /// <param name="output">Name of the larger of the two.</param>
    public void Emit(OnnxGraph graph, string input, string logit, string output)
    {
        var channels = Shape.Channels;
        graph.Node("Gather", [input, graph.Longs("guard_step", [Shape.Length - 1])], "guard_row", OnnxAttribute.Of("axis", 2L));
        var weights = graph.Floats("guard_w", Training.Kernels.Transposition.Of(Whitening, channels), channels, channels);
        graph.Node("MatMul", ["guard_row", weights], "guard_deviation");
        graph.Node("ReduceL2", ["guard_deviation"], "guard_length", OnnxAttribute.Of("axes", [1]), OnnxAttribute.Of("keepdims", 1L));
        graph.Node("Sub", ["guard_length", graph.Floats("guard_bar", [Steepness])], "guard_logit");
        graph.Node("Max", [logit, "guard_logit"], output);
    }

    /// <summary>Sum of x xᵀ.</summary>
    private static double[] Moment(List<float[]> rows, int channels)
    {
        var sums = new double[channels * channels];
        foreach (var row in rows)
        {
            for (var i = 0; i < sums.Length; i++) sums[i] += (double)row[i / channels] * row[i % channels];
        }

        return sums;
    }

    private static double[] Sum(List<double[]> moments)
    {
        var sum = new double[moments[0].Length];
        foreach (var moment in moments)
        {
            for (var i = 0; i < sum.Length; i++) sum[i] += moment[i];
        }

        return sum;
    }

    /// <summary>W with |W x|² = xᵀ S⁻¹ x / C.</summary>
    private static double[] Whiten(double[] sums, int rows)
    {
        var channels = (int)Math.Sqrt(sums.Length);
        double[] covariance = [.. sums.Select(sum => sum / rows)];
        var added = 0.0;
        for (var c = 0; c < channels; c++) added += Damping * covariance[(c * channels) + c] / channels;
        for (var c = 0; c < channels; c++) covariance[(c * channels) + c] += Math.Max(added, float.Epsilon);
        var share = 1 / Math.Sqrt(channels);
        return [.. Cholesky.InverseOfLower(covariance).Select(value => value * share)];
    }

    private static double Length(double[] whitening, float[] row)
    {
        var squares = 0.0;
        for (var r = 0; r < row.Length; r++)
        {
            var value = 0.0;
            for (var c = 0; c < row.Length; c++) value += whitening[(r * row.Length) + c] * row[c];
            squares += value * value;
        }

        return Math.Sqrt(squares);
    }
}
