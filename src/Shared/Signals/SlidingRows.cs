using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hmas.Contracts.Models;

namespace Hmas.Signals;

/// <summary>Makes a model's input from the input before and one new row, for recipes in which each step of a channel depends on nothing but the
/// channel's newest raw values: smooth, normalise, clip, compress.</summary>
/// <remarks>
/// What it writes is bit for bit what the whole window would give: the same operations on the same numbers in the same order, here across
/// the channels and there along time. Holds the raw rows that smoothing looks back on. One thread at a time; no allocation.
/// </remarks>
internal sealed class SlidingRows
{
    private readonly int _channels;
    private readonly int _smoothing;
    private readonly int _steps;
    private readonly Vector<float> _clip;
    private readonly bool _compresses;

    // A row is padded to whole vectors; the padding is 0, with centre 0 and scale 1.
    private readonly int _stride;
    private readonly float[] _raw;
    private readonly float[] _centre;
    private readonly float[] _scale;
    private readonly float[] _newest;
    private int _oldest;

    public SlidingRows(FeatureRecipe recipe, int channels, int steps)
    {
        _channels = channels;
        _steps = steps;
        _smoothing = recipe.SmoothingLength;
        _clip = new Vector<float>(FeatureExtractor.ClipOf(recipe));
        _compresses = recipe.Compression == Compression.Asinh;
        _stride = (channels + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _raw = new float[_smoothing * _stride];
        _centre = new float[_stride];
        _scale = new float[_stride];
        _newest = new float[_stride];
        Array.Fill(_scale, 1);
    }

    /// <summary>Begins behind this window.</summary>
    /// <param name="window">Shape (C, T), row-major, raw values.</param>
    public void Begin(ReadOnlySpan<float> window, Calibration calibration)
    {
        calibration.Centre.CopyTo(_centre, 0);
        calibration.Scale.CopyTo(_scale, 0);
        var length = window.Length / _channels;
        for (var channel = 0; channel < _channels; channel++)
        {
            var newest = window.Slice((channel * length) + length - _smoothing, _smoothing);
            for (var row = 0; row < _smoothing; row++) _raw[(row * _stride) + channel] = newest[row];
        }

        _oldest = 0;
    }

    /// <summary>Moves every channel of the tensor on by one step.</summary>
    /// <param name="row">Shape (C,), raw values; NaN is missing.</param>
    /// <param name="tensor">Shape (C, steps), of the window before.</param>
    /// <remarks>Not inlined: in the middle of a larger method the compiler leaves calls where there is one instruction for vectors.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Push(ReadOnlySpan<float> row, Span<float> tensor)
    {
        row.CopyTo(_raw.AsSpan(_oldest * _stride));
        _oldest = _oldest + 1 == _smoothing ? 0 : _oldest + 1;
        for (var at = 0; at < _stride; at += Vector<float>.Count)
        {
            var value = _smoothing == 1 ? new Vector<float>(_raw, at) : Mean(at);
            value = FeatureExtractor.Centre(value, new Vector<float>(_centre, at), new Vector<float>(_scale, at), _clip);
            (_compresses ? InverseHyperbolicSine.Of(value) : value).CopyTo(_newest, at);
        }

        // What moves from one channel's beginning to the end of the one before is overwritten with that one's newest step.
        MoveUp(tensor);
        for (int channel = 0, last = _steps - 1; last < tensor.Length; channel++, last += _steps) tensor[last] = _newest[channel];
    }

    /// <summary>Each value to the place before it. A copy onto itself goes through the C library, whose code is not in the
    /// processor's caches after a run of the model.</summary>
    private static void MoveUp(Span<float> values)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var last = values.Length - 1 - Vector<float>.Count;
        if (last < 0)
        {
            for (var i = 0; i < values.Length - 1; i++) values[i] = values[i + 1];
            return;
        }

        // Read before the vector in front of it is written over its beginning.
        var end = Vector.LoadUnsafe(ref first, (nuint)last + 1);
        for (var i = 0; i < last; i += Vector<float>.Count) Vector.LoadUnsafe(ref first, (nuint)i + 1).StoreUnsafe(ref first, (nuint)i);
        end.StoreUnsafe(ref first, (nuint)last);
    }

    private Vector<float> Mean(int at)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(_raw);
        var oldest = _oldest * _stride;
        var sum = new PresentSum();
        for (var row = oldest; row < _raw.Length; row += _stride) sum.Add(Vector.LoadUnsafe(ref first, (nuint)(row + at)));
        for (var row = 0; row < oldest; row += _stride) sum.Add(Vector.LoadUnsafe(ref first, (nuint)(row + at)));
        return sum.Mean();
    }
}
