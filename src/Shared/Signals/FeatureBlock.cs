using Hmas.Contracts.Models;

namespace Hmas.Signals;

/// <summary>One feature of a recipe, checked against the window and ready to run: what it computes from one normalised channel.</summary>
internal sealed class FeatureBlock
{
    private readonly FeatureKind _kind;
    private readonly int _length;
    private readonly int _rows;
    private readonly int _lag;
    private readonly float[] _riseWeights = [];
    private readonly PowerSpectrum? _spectrum;
    private readonly BandWeights? _bands;
    private readonly float[] _power = [];

    /// <param name="position">Place in the recipe, for error messages.</param>
    /// <param name="channels">Raw and derived.</param>
    /// <exception cref="ArgumentException">The feature cannot run on such windows; the message names it and the reason.</exception>
    public FeatureBlock(FeatureSpec spec, int position, TensorLayout layout, int channels, int steps, double rateHz)
    {
        _kind = spec.Kind;
        _lag = spec.Lag;
        _rows = spec.Rows == 0 ? steps : spec.Rows;
        Require(spec.Rows >= 0 && _rows <= steps, $"{spec.Rows} rows are not within the window of {steps} time steps");
        var windowLength = _rows;
        _length = spec.Length == 0 ? windowLength : spec.Length;
        Channels = spec.Channels.Count == 0 ? [.. Enumerable.Range(0, channels)] : [.. spec.Channels];
        foreach (var channel in Channels)
            Require(channel >= 0 && channel < channels, $"channel {channel} is none of the {channels}");

        var isSpectrum = spec.Kind is FeatureKind.SpectrumBands or FeatureKind.MelBands;
        var isRolling = spec.Kind is FeatureKind.RollingMean or FeatureKind.RollingDeviation;
        var isPerStep = isRolling || spec.Kind is FeatureKind.Values or FeatureKind.Differences;
        Require(Enum.IsDefined(spec.Kind), "this kind is unknown");
        Require(isPerStep || layout == TensorLayout.Vector, "one value per window does not fit layout ChannelsByTime; use layout Vector");
        Require(spec.Length >= 0, $"length {spec.Length} is negative");
        Require(layout == TensorLayout.Vector || spec.Rows == 0, "rows do not fit layout ChannelsByTime; use layout Vector");
        Require(spec.Lag == 0 || spec.Kind == FeatureKind.MeanChange, "it takes no lag");
        Require(spec.Kind != FeatureKind.MeanChange || (spec.Lag > 0 && _rows + (long)spec.Lag <= steps),
            $"{_rows} rows and a lag of {spec.Lag} do not fit the window of {steps} time steps");
        Require(isRolling || isSpectrum || spec.Kind == FeatureKind.PeakLogDeviation || spec.Length == 0, $"it takes no length, got {spec.Length}");
        Require(_length <= windowLength, $"length {_length} is longer than the window of {windowLength} time steps");
        Require(isSpectrum || (spec.Bands == 0 && spec.MinHz == 0 && spec.MaxHz == 0), "it takes no bands");

        Size = isPerStep ? windowLength : 1;
        if (spec.Kind == FeatureKind.Slope)
            _riseWeights = Statistics.RiseWeights(windowLength);
        if (!isSpectrum)
            return;

        var halfRate = rateHz / 2;
        double maxHz = spec.MaxHz == 0 ? halfRate : spec.MaxHz;
        Require(_length >= 4 && int.IsPow2(_length), $"FFT length {_length} is not a power of two of at least 4");
        Require(spec.Bands >= 1, $"it needs at least one band, got {spec.Bands}");
        Require(spec.MinHz >= 0 && spec.MinHz < maxHz, $"the lower edge {spec.MinHz} Hz is not within 0 and the upper edge {maxHz} Hz");
        Require(maxHz <= halfRate, $"the upper edge {maxHz} Hz lies above half the sampling rate, {halfRate} Hz");
        _spectrum = new PowerSpectrum(_length);
        Require(spec.Bands < _spectrum.Bins, $"{spec.Bands} bands are more than the {_spectrum.Bins - 1} bins of FFT length {_length}");
        _bands = spec.Kind == FeatureKind.MelBands
            ? MelBands.Weights(spec.Bands, spec.MinHz, maxHz, _length, rateHz)
            : SpectrumBands.Weights(spec.Bands, spec.MinHz, maxHz, _length, rateHz);
        for (var band = 0; band < _bands.Bands; band++)
            Require(_bands.BinsOf(band) > 0,
                $"band {band} is narrower than a bin of {rateHz / _length} Hz; raise the length or lower the number of bands");
        _power = new float[_spectrum.Bins];
        Size = spec.Bands;

        void Require(bool holds, string reason)
        {
            if (!holds)
                throw new ArgumentException($"Feature {position} ({spec.Kind}): {reason}.", nameof(spec));
        }
    }

    /// <summary>Indices of the channels it is computed from.</summary>
    public int[] Channels { get; }

    /// <summary>Values per channel.</summary>
    public int Size { get; }

    /// <param name="channel">Normalised values of one channel, length of the window.</param>
    /// <param name="output"><see cref="Size"/> values; overwritten.</param>
    /// <param name="scratch">Length of the window; overwritten.</param>
    public void Compute(ReadOnlySpan<float> channel, Span<float> output, Span<float> scratch)
    {
        var window = channel;
        channel = channel[^_rows..];
        switch (_kind)
        {
            case FeatureKind.Values: channel.CopyTo(output); break;
            case FeatureKind.Differences: Statistics.Differences(channel, output); break;
            case FeatureKind.RollingMean: Statistics.RollingMean(channel, _length, output); break;
            case FeatureKind.RollingDeviation: Statistics.RollingDeviation(channel, _length, output); break;
            case FeatureKind.Mean: output[0] = Statistics.Mean(channel); break;
            case FeatureKind.Deviation: output[0] = Statistics.Deviation(channel, scratch); break;
            case FeatureKind.Rms: output[0] = Statistics.Rms(channel); break;
            case FeatureKind.CrestFactor: output[0] = Statistics.CrestFactor(channel); break;
            case FeatureKind.Kurtosis: output[0] = Statistics.Kurtosis(channel, scratch); break;
            case FeatureKind.Slope: output[0] = Statistics.Slope(channel, _riseWeights); break;
            case FeatureKind.LogDeviation: output[0] = Statistics.LogDeviation(channel, scratch); break;
            case FeatureKind.LogDifferenceDeviation: output[0] = Statistics.LogDifferenceDeviation(channel, scratch); break;
            case FeatureKind.MeanChange: output[0] = Statistics.Mean(channel) - Statistics.Mean(
                window.Slice(window.Length - _rows - _lag, _rows)); break;
            case FeatureKind.PeakLogDeviation: output[0] = Statistics.PeakLogDeviation(channel, _length, scratch); break;
            default:
                _spectrum!.Compute(channel, _power);
                _bands!.LogPower(_power, output);
                break;
        }
    }
}
