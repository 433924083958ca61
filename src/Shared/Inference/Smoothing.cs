namespace Hmas.Inference;

/// <summary>Exponential moving average that starts at its first value.</summary>
internal struct Smoothing(double weight)
{
    private readonly double _weight = weight;
    private double _value = double.NaN;

    /// <summary>NaN before the first value.</summary>
    public readonly float Value => (float)_value;

    /// <param name="score">Finite: one NaN would stay for ever.</param>
    public float Add(float score)
    {
        _value = double.IsNaN(_value) ? score : _value + (_weight * (score - _value));
        return (float)_value;
    }
}
