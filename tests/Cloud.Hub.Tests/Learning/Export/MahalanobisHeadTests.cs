using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Tests.Learning.Export;

public sealed class MahalanobisHeadTests
{
    private const int Length = 6;
    private const int Channels = 3;

    [Fact]
    public void The_distance_behind_the_head_is_the_mahalanobis_distance_of_the_residual()
    {
        using var network = new Network(new Shape(Length, Channels), [new Conv1d(Channels, 3, 1, 1)], 4);
        var operations = OperationBuilder.Build(network);
        var windows = Windows(200);
        var head = MahalanobisHead.Append(operations, windows);
        var residuals = windows.SelectMany(window => Rows(operations, window)).ToList();
        var (mean, covariance) = Moments(residuals);
        var scale = Enumerable.Range(0, Channels).Average(c => covariance[c, c]);
        foreach (var window in windows.Take(20))
        {
            var expected = Rows(operations, window).Sum(row => scale * Distance(covariance, [.. row.Select((value, c) => value - mean[c])]));
            var answer = OperationRun.Of(head, window);
            var actual = answer.Select((value, i) => Math.Pow(value - window[i], 2)).Sum();
            Assert.Equal(expected, actual, 1e-3 * expected);
        }
    }

    [Fact]
    public void What_errs_together_counts_less_than_what_breaks_the_bond()
    {
        // An answer of 0: the residual is the window, whose first two channels move together.
        IReadOnlyList<Operation> silent =
        [
            new ConvolutionOperation(
                new Shape(Length, Channels),
                new Shape(Length, Channels)) { Weights = new float[Channels * Channels], Bias = new float[Channels], Kernel = 1 },
        ];
        var head = MahalanobisHead.Append(silent, Windows(200));
        Assert.True(Score(1, -1) > 20 * Score(1, 1), $"expected {Score(1, -1)} to be more than 20 times {Score(1, 1)}");

        double Score(float first, float second)
        {
            float[] window = [.. Enumerable.Range(0, Channels * Length).Select(i => i < Length ? first : i < 2 * Length ? second : 0)];
            return OperationRun.Of(head, window).Select((value, i) => Math.Pow(value - window[i], 2)).Sum();
        }
    }

    [Fact]
    public void A_chain_that_does_not_rebuild_its_input_is_refused()
    {
        using var network = new Network(new Shape(Length, Channels), [new Conv1d(2, 1)], 1);
        Assert.Contains(
            "(6, 2)", Assert.Throws<ArgumentException>(() => MahalanobisHead.Append(OperationBuilder.Build(network), Windows(2))).Message,
            StringComparison.Ordinal);
    }

    private static List<float[]> Windows(int count)
    {
        var random = new SeededRandom(9);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var window = new float[Channels * Length];
            for (var row = 0; row < Length; row++)
            {
                var shared = random.NextNormal();
                window[row] = shared + (0.1f * random.NextNormal());
                window[Length + row] = shared + (0.1f * random.NextNormal());
                window[(2 * Length) + row] = 3 * random.NextNormal();
            }

            return window;
        })];
    }

    private static IEnumerable<double[]> Rows(IReadOnlyList<Operation> operations, float[] window)
    {
        var answer = OperationRun.Of(operations, window);
        for (var row = 0; row < Length; row++)
            yield return [.. Enumerable.Range(0, Channels).Select(c => (double)answer[(c * Length) + row] - window[(c * Length) + row])];
    }

    private static (double[] Mean, double[,] Covariance) Moments(List<double[]> rows)
    {
        double[] mean = [.. Enumerable.Range(0, Channels).Select(c => rows.Average(row => row[c]))];
        var covariance = new double[Channels, Channels];
        for (var c = 0; c < Channels; c++)
        {
            for (var d = 0; d < Channels; d++) covariance[c, d] = rows.Average(row => (row[c] - mean[c]) * (row[d] - mean[d]));
        }

        var added = MahalanobisHead.Damping * Enumerable.Range(0, Channels).Average(c => covariance[c, c]);
        for (var c = 0; c < Channels; c++) covariance[c, c] += added;
        return (mean, covariance);
    }

    /// <summary>rᵀ S⁻¹ r by the plain inverse of three by three (Cramer).</summary>
    private static double Distance(double[,] s, double[] r)
    {
        double Minor(int a, int b, int c, int d) => (s[a, c] * s[b, d]) - (s[a, d] * s[b, c]);
        var determinant = (s[0, 0] * Minor(1, 2, 1, 2)) - (s[0, 1] * Minor(1, 2, 0, 2)) + (s[0, 2] * Minor(1, 2, 0, 1));
        double[,] inverse =
        {
            { Minor(1, 2, 1, 2), -Minor(0, 2, 1, 2), Minor(0, 1, 1, 2) },
            { -Minor(1, 2, 0, 2), Minor(0, 2, 0, 2), -Minor(0, 1, 0, 2) },
            { Minor(1, 2, 0, 1), -Minor(0, 2, 0, 1), Minor(0, 1, 0, 1) },
        };
        var sum = 0.0;
        for (var c = 0; c < 3; c++)
        {
            for (var d = 0; d < 3; d++) sum += r[c] * inverse[c, d] / determinant * r[d];
        }

        return sum;
    }
}
