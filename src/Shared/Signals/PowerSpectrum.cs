using System.Numerics.Tensors;

namespace Hmas.Signals;

/// <summary>One-sided power of each frequency bin of a window, averaged over half-overlapping Hann segments.</summary>
/// <remarks>
/// Welch 1967. The newest segment ends with the window; older samples that do not fill a segment are left out. Each segment's mean is
/// taken off first, so the level does not leak into the low bands. Scaled so that the bins of a segment sum to the mean square of the
/// centred segment, corrected for the Hann window's own power: a sine of amplitude A gives A²/2 in all, unit² of the values.
/// Holds scratch: one thread at a time.
/// </remarks>
public sealed class PowerSpectrum
{
    private readonly Fft _fft;
    private readonly float[] _hann;
    private readonly float[] _real;
    private readonly float[] _imaginary;
    private readonly float _scale;

    /// <exception cref="ArgumentException">The length is not a power of two of at least 2.</exception>
    public PowerSpectrum(int fftLength)
    {
        _fft = new Fft(fftLength);
        _hann = new float[fftLength];
        _real = new float[fftLength];
        _imaginary = new float[fftLength];
        var power = 0.0;
        for (var n = 0; n < fftLength; n++)
        {
            // Periodic form, as for spectra: it is 0 at n = 0 and would be 0 again at n = N.
            var value = 0.5 - (0.5 * Math.Cos(2 * Math.PI * n / fftLength));
            _hann[n] = (float)value;
            power += value * value;
        }
        _scale = (float)(1 / (power * fftLength));
    }

    public int FftLength => _fft.Length;

    /// <summary>N/2 + 1: 0 Hz to half the sampling rate.</summary>
    public int Bins => (_fft.Length / 2) + 1;

    /// <param name="values">At least <see cref="FftLength"/> samples.</param>
    /// <param name="power"><see cref="Bins"/> values; overwritten.</param>
    /// <exception cref="ArgumentException">Fewer samples than the FFT length, or an output of another length.</exception>
    public void Compute(ReadOnlySpan<float> values, Span<float> power)
    {
        var length = _fft.Length;
        if (values.Length < length || power.Length != Bins)
            throw new ArgumentException(
                $"Spectrum with FFT length {length} got {values.Length} samples and room for {power.Length} of {Bins} bins.", nameof(values));

        power.Clear();
        var hop = length / 2;
        var segments = 1 + ((values.Length - length) / hop);
        for (var segment = 0; segment < segments; segment++)
            AddSegment(values.Slice(values.Length - length - (segment * hop), length), power);

        // Bins between 0 Hz and half the rate stand for their mirror image too.
        TensorPrimitives.Multiply(power, _scale / segments, power);
        var inner = power[1..^1];
        TensorPrimitives.Add(inner, inner, inner);
    }

    private void AddSegment(ReadOnlySpan<float> segment, Span<float> power)
    {
        TensorPrimitives.Subtract(segment, Statistics.Mean(segment), _real);
        TensorPrimitives.Multiply(_real, _hann, _real);
        Array.Clear(_imaginary);
        _fft.Transform(_real, _imaginary);
        var real = _real.AsSpan(0, power.Length);
        var imaginary = _imaginary.AsSpan(0, power.Length);
        TensorPrimitives.MultiplyAdd(real, real, power, power);
        TensorPrimitives.MultiplyAdd(imaginary, imaginary, power, power);
    }
}
