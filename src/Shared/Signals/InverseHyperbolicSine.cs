using System.Numerics;

namespace Hmas.Signals;

/// <summary>asinh of many values at once: the runtime's own goes through the C library value by value.</summary>
/// <remarks>
/// Within 3 units in the last place of the exact value. Below 3/4: x + x³·P(x²), P fitted at Chebyshev nodes to a tenth of half a unit. Above:
/// ln(|x| + √(x² + 1)), and ln |x| + ln 2 where the square would be infinite; the logarithm is that of Cephes (logf.c), without a branch.
/// Every lane is computed alike: where a value stands changes nothing.
/// </remarks>
internal static class InverseHyperbolicSine
{
    private const float Near = 0.75f;

    // From here on x² + 1 is x² to the last bit.
    private const float Far = 1e9f;
    private const float Ln2 = 0.6931472f;

    // Of x², lowest first: near −1/6, 3/40, −15/336 ... of the series.
    private const float C1 = -0.1666654f;
    private const float C2 = 0.074962676f;
    private const float C3 = -0.04421972f;
    private const float C4 = 0.028020928f;
    private const float C5 = -0.015149533f;
    private const float C6 = 0.0045748027f;

    // Bits of √½: a mantissa is taken from √½ to √2.
    private const int RootOfHalf = 0x3F3504F3;
    private const int MantissaBits = 23;

    // Of r, lowest first: ln(1 + r) = r − r²/2 + r³·L(r).
    private const float L0 = 3.3333331174e-1f;
    private const float L1 = -2.4999993993e-1f;
    private const float L2 = 2.0000714765e-1f;
    private const float L3 = -1.6668057665e-1f;
    private const float L4 = 1.4249322787e-1f;
    private const float L5 = -1.2420140846e-1f;
    private const float L6 = 1.1676998740e-1f;
    private const float L7 = -1.1514610310e-1f;
    private const float L8 = 7.0376836292e-2f;

    /// <param name="output">May be <paramref name="values"/>; as long.</param>
    public static void Apply(ReadOnlySpan<float> values, Span<float> output)
    {
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count) Of(new Vector<float>(values[i..])).CopyTo(output[i..]);
        if (i == values.Length) return;
        Span<float> rest = stackalloc float[Vector<float>.Count];
        values[i..].CopyTo(rest);
        Of(new Vector<float>(rest)).CopyTo(rest);
        rest[..(values.Length - i)].CopyTo(output[i..]);
    }

    public static Vector<float> Of(Vector<float> value)
    {
        var size = Vector.Abs(value);
        var square = value * value;
        var series = new Vector<float>(C6);
        series = (series * square) + new Vector<float>(C5);
        series = (series * square) + new Vector<float>(C4);
        series = (series * square) + new Vector<float>(C3);
        series = (series * square) + new Vector<float>(C2);
        series = (series * square) + new Vector<float>(C1);
        series = size + (size * square * series);
        // NaN is not below, so it goes on to the logarithm, which keeps it.
        var isNear = Vector.LessThan(size, new Vector<float>(Near));
        if (Vector.EqualsAll(isNear, Vector<int>.AllBitsSet)) return Vector.CopySign(series, value);

        var isFar = Vector.GreaterThan(size, new Vector<float>(Far));
        var whole = Vector.ConditionalSelect(isFar, size, size + Vector.SquareRoot(square + Vector<float>.One));
        var logarithm = Log(whole) + Vector.ConditionalSelect(isFar, new Vector<float>(Ln2), Vector<float>.Zero);
        logarithm = Vector.ConditionalSelect(Vector.LessThan(size, new Vector<float>(float.PositiveInfinity)), logarithm, size);
        return Vector.CopySign(Vector.ConditionalSelect(isNear, series, logarithm), value);
    }

    /// <summary>Natural logarithm.</summary>
    /// <param name="value">At least 1 and finite; of others the result means nothing.</param>
    private static Vector<float> Log(Vector<float> value)
    {
        var bits = Vector.AsVectorInt32(value) - new Vector<int>(RootOfHalf);
        var exponent = Vector.ConvertToSingle(Vector.ShiftRightArithmetic(bits, MantissaBits));
        var mantissa = (bits & new Vector<int>((1 << MantissaBits) - 1)) + new Vector<int>(RootOfHalf);
        var r = Vector.AsVectorSingle(mantissa) - Vector<float>.One;
        var square = r * r;
        var fourth = square * square;
        // In pairs, of which the processor computes several at once.
        var low = Pair(L0, L1, r) + (Pair(L2, L3, r) * square);
        var high = Pair(L4, L5, r) + (Pair(L6, L7, r) * square) + (new Vector<float>(L8) * fourth);
        var tail = ((low + (high * fourth)) * r) - new Vector<float>(0.5f);
        return (exponent * new Vector<float>(Ln2)) + (r + (square * tail));
    }

    private static Vector<float> Pair(float constant, float slope, Vector<float> r) => new Vector<float>(constant) + (new Vector<float>(slope) * r);
}
