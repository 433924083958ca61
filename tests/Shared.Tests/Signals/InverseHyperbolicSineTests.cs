using Hmas.Signals;

namespace Shared.Tests.Signals;

public class InverseHyperbolicSineTests
{
    private const double AllowedUlps = 3;

    [Fact]
    public void Every_value_is_within_three_units_in_the_last_place_of_the_exact_one()
    {
        // A prime step over the bit patterns from 0 to infinity meets every exponent.
        const int step = 1009;
        var values = new float[64];
        var results = new float[64];
        var (worst, at) = (0.0, 0f);
        for (var bits = 0L; bits <= 0x7F7FFFFF; bits += step * values.Length)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = (i % 2 == 0 ? 1 : -1) * BitConverter.Int32BitsToSingle((int)Math.Min(bits + (i * step), 0x7F7FFFFF));
            InverseHyperbolicSine.Apply(values, results);
            for (var i = 0; i < values.Length; i++)
            {
                var exact = Plain.Asinh(values[i]);
                var ulps = Math.Abs(results[i] - exact) / (MathF.BitIncrement(MathF.Abs((float)exact)) - MathF.Abs((float)exact));
                if (ulps > worst) (worst, at) = (ulps, values[i]);
            }
        }

        Assert.True(worst <= AllowedUlps, $"{worst} units at {at:R}");
    }

    [Fact]
    public void Zeros_keep_their_sign_and_what_is_no_number_stays()
    {
        var results = new float[5];
        InverseHyperbolicSine.Apply([0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity], results);
        Assert.Equal([0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity], results);
        Assert.True(float.IsNegative(results[1]));
    }

    [Fact]
    public void A_value_gives_the_same_bits_wherever_it_stands()
    {
        var values = Plain.Noise(37, seed: 3, scale: 4);
        var together = new float[values.Length];
        InverseHyperbolicSine.Apply(values, together);
        var alone = new float[1];
        for (var i = 0; i < values.Length; i++)
        {
            InverseHyperbolicSine.Apply(values.AsSpan(i, 1), alone);
            Assert.Equal(BitConverter.SingleToInt32Bits(together[i]), BitConverter.SingleToInt32Bits(alone[0]));
        }
    }
}
