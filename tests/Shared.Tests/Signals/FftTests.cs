using FsCheck.Xunit;
using Hmas.Signals;

namespace Shared.Tests.Signals;

public class FftTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(512)]
    [InlineData(1024)]
    public void It_equals_the_sum_of_the_definition(int length)
    {
        var real = Plain.Noise(length, seed: length);
        var imaginary = Plain.Noise(length, seed: length + 1);
        var (expectedReal, expectedImaginary) = Plain.Dft([.. real.Select(v => (double)v)], [.. imaginary.Select(v => (double)v)]);

        new Fft(length).Transform(real, imaginary);

        // Rounding grows with √(log n) relative to the norm √n of the result.
        var tolerance = 2e-6 * Math.Sqrt(length);
        for (var k = 0; k < length; k++)
        {
            Assert.True(Math.Abs(expectedReal[k] - real[k]) < tolerance, $"Re X[{k}] of {length}: expected {expectedReal[k]}, got {real[k]}.");
            Assert.True(
                Math.Abs(expectedImaginary[k] - imaginary[k]) < tolerance,
                $"Im X[{k}] of {length}: expected {expectedImaginary[k]}, got {imaginary[k]}.");
        }
    }

    [Property(MaxTest = 200)]
    public void Its_energy_is_the_signals_energy_times_the_length(int seed, byte log)
    {
        var length = 2 << (log % 10);
        var real = Plain.Noise(length, seed);
        var imaginary = new float[length];
        var energy = real.Sum(v => (double)v * v);

        new Fft(length).Transform(real, imaginary);

        var transformed = real.Zip(imaginary, (r, i) => ((double)r * r) + ((double)i * i)).Sum();
        Plain.Near(1, transformed / (energy * length), 1e-5, $"energy ratio at length {length}, seed {seed}");
    }

    [Theory]
    [InlineData(-4)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(12)]
    public void A_length_that_is_no_power_of_two_is_refused(int length)
    {
        var error = Assert.Throws<ArgumentException>(() => new Fft(length));
        Assert.Contains($"{length}", error.Message);
    }

    [Fact]
    public void Spans_of_another_length_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Fft(8).Transform(new float[8], new float[4]));
    }
}
