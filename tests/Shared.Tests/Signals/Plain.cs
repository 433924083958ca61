namespace Shared.Tests.Signals;

/// <summary>The judges: each formula as its definition has it, slow and in double.</summary>
internal static class Plain
{
    public static float[] Noise(int count, int seed, double offset = 0, double scale = 1)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = (float)(offset + (scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));
        return values;
    }

    public static float[] Sine(int count, double hz, double rateHz, double amplitude = 1) =>
        [.. Enumerable.Range(0, count).Select(n => (float)(amplitude * Math.Sin(2 * Math.PI * hz * n / rateHz)))];

    public static double Mean(IReadOnlyList<float> values) => values.Sum(value => (double)value) / values.Count;

    public static double Moment(IReadOnlyList<float> values, int order)
    {
        var mean = Mean(values);
        return values.Sum(value => Math.Pow(value - mean, order)) / values.Count;
    }

    public static double Deviation(IReadOnlyList<float> values) => Math.Sqrt(Moment(values, 2));

    public static double Rms(IReadOnlyList<float> values) => Math.Sqrt(values.Sum(value => (double)value * value) / values.Count);

    public static double Median(IEnumerable<float> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + (double)sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Least-squares slope per sample times (n − 1).</summary>
    public static double Rise(IReadOnlyList<float> values)
    {
        var meanTime = (values.Count - 1) / 2.0;
        var mean = Mean(values);
        double covariance = 0, variance = 0;
        for (var t = 0; t < values.Count; t++)
        {
            covariance += (t - meanTime) * (values[t] - mean);
            variance += (t - meanTime) * (t - meanTime);
        }
        return covariance / variance * (values.Count - 1);
    }

    /// <summary>The definition; below 1e-4 its series, since ln(1 + x) there loses what x says.</summary>
    public static double Asinh(double x) =>
        Math.Abs(x) < 1e-4 ? x - (x * x * x / 6) : Math.Sign(x) * Math.Log(Math.Abs(x) + Math.Sqrt((x * x) + 1));

    public static float[] Rolling(float[] values, int length, Func<IReadOnlyList<float>, double> statistic) =>
        [.. Enumerable.Range(0, values.Length).Select(t => (float)statistic(values[Math.Max(0, t - length + 1)..(t + 1)]))];

    public static (double[] Real, double[] Imaginary) Dft(IReadOnlyList<double> real, IReadOnlyList<double> imaginary)
    {
        var count = real.Count;
        var (r, i) = (new double[count], new double[count]);
        for (var k = 0; k < count; k++)
        {
            for (var n = 0; n < count; n++)
            {
                var angle = -2 * Math.PI * ((long)k * n % count) / count;
                r[k] += (real[n] * Math.Cos(angle)) - (imaginary[n] * Math.Sin(angle));
                i[k] += (real[n] * Math.Sin(angle)) + (imaginary[n] * Math.Cos(angle));
            }
        }
        return (r, i);
    }

    /// <summary>Welch's spectrum as <see cref="Hmas.Signals.PowerSpectrum"/> documents it, by the sum of the definition.</summary>
    public static double[] Spectrum(float[] values, int length)
    {
        var power = new double[(length / 2) + 1];
        var hann = Enumerable.Range(0, length).Select(n => 0.5 - (0.5 * Math.Cos(2 * Math.PI * n / length))).ToArray();
        var segments = 0;
        for (var end = values.Length; end >= length; end -= length / 2, segments++)
        {
            var segment = values[(end - length)..end];
            var mean = Mean(segment);
            var (real, imaginary) = Dft([.. segment.Select((value, n) => (value - mean) * hann[n])], new double[length]);
            for (var k = 0; k < power.Length; k++)
                power[k] += ((real[k] * real[k]) + (imaginary[k] * imaginary[k])) * (k == 0 || k == length / 2 ? 1 : 2);
        }
        var window = hann.Sum(value => value * value);
        return [.. power.Select(value => value / (segments * length * window))];
    }

    /// <summary>Equal up to this share of the larger one, or of 1.</summary>
    public static void Near(double expected, double got, double tolerance, string what)
    {
        var allowed = tolerance * Math.Max(1, Math.Abs(expected));
        Assert.True(Math.Abs(expected - got) <= allowed, $"{what}: expected {expected:R}, got {got:R}, allowed ±{allowed:R}.");
    }
}
