using System.Numerics.Tensors;
using Hmas.Contracts.Models;

namespace Hmas.Signals;

/// <summary>One derived channel of a recipe, checked against the window and ready to run.</summary>
internal sealed class DerivedRow
{
    private readonly DerivedKind _kind;
    private readonly int[] _channels;
    private readonly int _steps;
    private readonly int _rows;
    private readonly float[] _direction;

    /// <param name="position">Place in the recipe, for error messages.</param>
    /// <param name="channels">Raw channels there are.</param>
    /// <exception cref="ArgumentException">It cannot be computed; the message names it and the reason.</exception>
    public DerivedRow(DerivedChannel spec, int position, int channels, int steps)
    {
        _kind = spec.Kind;
        _channels = [.. spec.Channels];
        _steps = steps;
        _rows = spec.Rows == 0 ? steps : spec.Rows;
        _direction = new float[_channels.Length];
        Require(Enum.IsDefined(spec.Kind), "this kind is unknown");
        Require(_channels.Length > 0, "it needs a channel");
        Require(_kind != DerivedKind.Asinh || _channels.Length == 1, $"it takes one channel, got {_channels.Length}");
        Require(_channels.All(channel => channel >= 0 && channel < channels), $"a channel is none of the {channels} raw ones");
        Require(_rows > 0 && _rows <= steps, $"{spec.Rows} rows are not within the window of {steps} time steps");

        void Require(bool holds, string reason)
        {
            if (!holds)
                throw new ArgumentException($"Derived channel {position} ({spec.Kind}): {reason}.", nameof(spec));
        }
    }

    /// <param name="raw">Normalised values (C, steps).</param>
    /// <param name="output">(steps,); overwritten.</param>
    /// <param name="scratch">(steps,); overwritten.</param>
    public void Compute(ReadOnlySpan<float> raw, Span<float> output, Span<float> scratch)
    {
        switch (_kind)
        {
            case DerivedKind.Asinh:
                InverseHyperbolicSine.Apply(Channel(raw, 0), output);
                break;
            case DerivedKind.Magnitude:
                SumOfSquares(raw, output);
                TensorPrimitives.Sqrt(output, output);
                break;
            case DerivedKind.AlongMean:
                Along(raw, output);
                break;
            default:
                // By Pythagoras; rounding may leave a square below zero.
                Along(raw, scratch);
                TensorPrimitives.Multiply(scratch, scratch, scratch);
                SumOfSquares(raw, output);
                TensorPrimitives.Subtract(output, scratch, output);
                TensorPrimitives.Max(output, 0f, output);
                TensorPrimitives.Sqrt(output, output);
                break;
        }
    }

    private ReadOnlySpan<float> Channel(ReadOnlySpan<float> raw, int index) => raw.Slice(_channels[index] * _steps, _steps);

    private void SumOfSquares(ReadOnlySpan<float> raw, Span<float> output)
    {
        output.Clear();
        for (var i = 0; i < _channels.Length; i++)
            TensorPrimitives.MultiplyAdd(Channel(raw, i), Channel(raw, i), output, output);
    }

    /// <summary>Projection on the mean direction; zero when there is none.</summary>
    private void Along(ReadOnlySpan<float> raw, Span<float> output)
    {
        for (var i = 0; i < _channels.Length; i++)
            _direction[i] = Statistics.Mean(Channel(raw, i)[^_rows..]);
        var length = TensorPrimitives.Norm<float>(_direction);
        output.Clear();
        if (length == 0)
            return;
        for (var i = 0; i < _channels.Length; i++)
            TensorPrimitives.MultiplyAdd(Channel(raw, i), _direction[i] / length, output, output);
    }
}
