using System.Numerics;

namespace Hmas.Signals;

/// <summary>Sums lane by lane what is present (NaN is missing), in double. An infinite value makes its sum infinite; of both signs, NaN.</summary>
internal ref struct PresentSum
{
    private Vector<double> _low;
    private Vector<double> _high;
    private Vector<int> _count;

    public void Add(Vector<float> values)
    {
        var isPresent = Vector.Equals(values, values);
        Vector.Widen(Vector.ConditionalSelect(isPresent, values, Vector<float>.Zero), out var low, out var high);
        _low += low;
        _high += high;
        // A mask that holds is -1 in each lane.
        _count -= isPresent;
    }

    /// <summary>Sum over count; NaN where nothing was present.</summary>
    public readonly Vector<float> Mean()
    {
        Vector.Widen(Vector.ConvertToSingle(_count), out var low, out var high);
        return Vector.Narrow(_low / low, _high / high);
    }
}
