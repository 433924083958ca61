using Edge.Agent.Perception.Windows;
using Edge.Agent.Reasoning;

namespace Edge.Tests.Reasoning;

/// <summary>The numbers that rules compare, against plain loops over the same values.</summary>
public sealed class SignalMathTests
{
    private const int History = 64;

    public static TheoryData<int, int, double> Shapes()
    {
        var shapes = new TheoryData<int, int, double>();
        // Tails that lie in one piece of the ring and in two, shorter and longer than a vector, with none to all missing.
        foreach (var frames in (int[])[1, 2, 7, 8, 9, 16, 31, 64])
        {
            foreach (var played in (int[])[64, 67, 100]) foreach (var missing in (double[])[0, 0.3, 1]) shapes.Add(frames, played, missing);
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Each_number_is_that_of_a_plain_loop(int frames, int played, double missing)
    {
        var random = new Random(HashCode.Combine(frames, played));
        var history = new FrameHistory(1, new WindowOptions { HistoryFrames = History, CalibrationRows = 1, MaxCalibrationRows = 1, Length = 1 });
        var all = new List<float>();
        for (var i = 0; i < played; i++)
        {
            all.Add(random.NextDouble() < missing ? float.NaN : (random.NextSingle() * 20) - 15);
            history.Add(i, [all[^1]]);
        }

        float[] values = [.. all.TakeLast(frames).Where(static value => !float.IsNaN(value))];
        Same(values.Length == 0 ? float.NaN : values.Min(), SignalKind.Min);
        Same(values.Length == 0 ? float.NaN : values.Max(), SignalKind.Max);
        var mean = values.Length == 0 ? double.NaN : values.Average(static value => (double)value);
        Same(mean, SignalKind.Mean);
        var rms = values.Length == 0 ? double.NaN : Math.Sqrt(values.Average(static value => (double)value * value));
        Same(rms, SignalKind.Rms);
        Same(values.Length == 0 ? double.NaN : values.Max(Math.Abs) / rms, SignalKind.CrestFactor);
        Same(values.Length == 0 ? double.NaN : Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), SignalKind.Deviation);

        void Same(double expected, SignalKind kind)
        {
            var got = SignalMath.OverFrames(kind, history, 0, frames);
            if (double.IsNaN(expected)) Assert.True(float.IsNaN(got), $"{kind}: {got} of no value");
            else Assert.InRange(got, expected - 1e-5, expected + 1e-5);
        }
    }
}
