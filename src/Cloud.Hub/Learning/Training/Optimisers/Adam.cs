using System.Numerics;
using System.Runtime.InteropServices;

namespace Cloud.Hub.Learning.Training.Optimisers;

/// <summary>Adam (Kingma and Ba 2015); with <paramref name="decoupled"/> AdamW (Loshchilov and Hutter 2019).</summary>
/// <param name="count">Number of parameters.</param>
/// <param name="epsilon">Keeps the root of the squares away from 0.</param>
/// <param name="decay">Weight decay; into the gradient for Adam, into the value for AdamW.</param>
internal sealed class Adam(int count, float decay = 0f, bool decoupled = false, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
    : Optimiser
{
    private readonly float[] _mean = new float[count];
    private readonly float[] _square = new float[count];

    public override string Name => decoupled ? "adamw" : "adam";

    public override IReadOnlyList<float[]> Memory => [_mean, _square];

    public override void Step(Span<float> values, ReadOnlySpan<float> gradients, float rate)
    {
        Steps++;
        var rateOverCorrection = (float)(rate / (1 - Math.Pow(beta1, Steps)));
        var inverseRoot = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, Steps)));
        var keep = decoupled ? 1 - (rate * decay) : 1f;
        var pull = decoupled ? 0f : decay;
        var v = MemoryMarshal.Cast<float, Vector<float>>(values);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        var m = MemoryMarshal.Cast<float, Vector<float>>(_mean.AsSpan());
        var s = MemoryMarshal.Cast<float, Vector<float>>(_square.AsSpan());
        for (var i = 0; i < v.Length; i++)
        {
            var gradient = g[i] + (pull * v[i]);
            m[i] = Kept((beta1 * m[i]) + ((1 - beta1) * gradient));
            s[i] = Kept((beta2 * s[i]) + ((1 - beta2) * gradient * gradient));
            v[i] = (keep * v[i]) - (rateOverCorrection * m[i] / ((Vector.SquareRoot(s[i]) * inverseRoot) + new Vector<float>(epsilon)));
        }

        for (var i = v.Length * Vector<float>.Count; i < values.Length; i++)
        {
            var gradient = gradients[i] + (pull * values[i]);
            _mean[i] = Kept((beta1 * _mean[i]) + ((1 - beta1) * gradient));
            _square[i] = Kept((beta2 * _square[i]) + ((1 - beta2) * gradient * gradient));
            values[i] = (keep * values[i]) - (rateOverCorrection * _mean[i] / ((MathF.Sqrt(_square[i]) * inverseRoot) + epsilon));
        }
    }
}
