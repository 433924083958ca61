using System.Numerics.Tensors;
using Hmas.Contracts.Models;

namespace Hmas.Signals;

/// <summary>A recipe's standardisation, ready to run: one range for every value of the vector, so that eight bits serve all of them.</summary>
public sealed class VectorScale
{
    private readonly float[] _centre;
    private readonly float[] _scale;
    private readonly float _clip;

    /// <param name="length">Values of the vector.</param>
    /// <exception cref="ArgumentException">Another length, or a number out of its range.</exception>
    public VectorScale(Standardisation standardisation, int length)
    {
        _centre = [.. standardisation.Centre];
        _scale = [.. standardisation.Scale];
        _clip = standardisation.Clip;
        if (_centre.Length != length || _scale.Length != length)
            throw new ArgumentException(
                $"Standardisation: {_centre.Length} centres and {_scale.Length} scales for a vector of {length} values.", nameof(standardisation));
        if (!_centre.All(float.IsFinite) || !_scale.All(scale => float.IsFinite(scale) && scale > 0) || !(_clip > 0))
            throw new ArgumentException(
                "Standardisation: centres must be finite, scales finite and above 0, the clip above 0.", nameof(standardisation));
    }

    public void Apply(Span<float> vector)
    {
        TensorPrimitives.Subtract(vector, _centre, vector);
        TensorPrimitives.Divide(vector, _scale, vector);
        TensorPrimitives.Clamp(vector, -_clip, _clip, vector);
        InverseHyperbolicSine.Apply(vector, vector);
    }
}
