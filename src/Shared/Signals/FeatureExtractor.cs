using System.Numerics;
using System.Runtime.InteropServices;
using Hmas.Contracts.Models;

namespace Hmas.Signals;

/// <summary>Turns a window of raw values into a model's input tensor, by the recipe in the model's
/// manifest; device and hub run this same code.</summary>
/// <remarks>Smooth, normalise, replace missing by the centre, clip, compress; derive channels; then block after block and
/// channel after channel; standardise. Holds scratch: one thread at a time.</remarks>
public sealed class FeatureExtractor
{
    private readonly FeatureRecipe _recipe;
    private readonly int _channels;
    private readonly int _windowLength;
    private readonly FeatureBlock[] _blocks;
    private readonly DerivedRow[] _derived;
    private readonly VectorScale? _scale;
    private readonly SlidingRows? _sliding;
    private readonly int _steps;

    // Empty when the model reads the normalised window and nothing else: it is then made where the model reads it.
    private readonly float[] _normalised;
    private readonly float[] _scratch;

    /// <param name="windowLength">Samples per channel, T ≥ 1.</param>
    /// <param name="rateHz">Samples per second and channel, &gt; 0: places the bands of spectra.</param>
    /// <exception cref="ArgumentException">The recipe cannot run on such windows; the message names the feature and the reason.</exception>
    public FeatureExtractor(FeatureRecipe recipe, int channels, int windowLength, double rateHz)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(windowLength);
        if (!(rateHz > 0 && double.IsFinite(rateHz)))
            throw new ArgumentException($"Sampling rate {rateHz} Hz is not above zero.", nameof(rateHz));
        Verify(recipe, windowLength);

        _recipe = recipe;
        _channels = channels;
        _windowLength = windowLength;
        _steps = windowLength - recipe.SmoothingLength + 1;
        _derived = [.. recipe.Derived.Select((channel, i) => new DerivedRow(channel, i, channels, _steps))];
        var all = channels + _derived.Length;
        _blocks = new FeatureBlock[recipe.Features.Count];
        for (var i = 0; i < _blocks.Length; i++)
            _blocks[i] = new FeatureBlock(recipe.Features[i], i, recipe.Layout, all, _steps, rateHz);
        var isWindowAlone = _derived.Length == 0 && recipe.Features is [{ Kind: FeatureKind.Values, Channels.Count: 0, Rows: 0 }];
        // Each step of a channel then depends on nothing but the channel's newest raw values.
        _sliding = isWindowAlone && recipe.Standardisation is null ? new SlidingRows(recipe, channels, _steps) : null;
        _normalised = isWindowAlone ? [] : new float[all * _steps];
        _scratch = new float[_steps];

        OutputLength = _blocks.Sum(block => block.Channels.Length * block.Size);
        OutputShape = recipe.Layout == TensorLayout.ChannelsByTime ? [1, OutputLength / _steps, _steps] : [1, OutputLength];
        if (recipe.Standardisation is { } standardisation)
            _scale = new VectorScale(standardisation, recipe.Layout == TensorLayout.Vector ? OutputLength : 0);
    }

    /// <summary>Product of <see cref="OutputShape"/>.</summary>
    public int OutputLength { get; }

    /// <summary>Time steps that smoothing leaves: T − SmoothingLength + 1.</summary>
    public int Steps => _steps;

    /// <summary>(1, C × blocks, steps) in layout ChannelsByTime, (1, F) in layout Vector.</summary>
    public IReadOnlyList<int> OutputShape { get; }

    /// <summary>The recipe is of a kind that <see cref="ExtractNext"/> can go on with.</summary>
    public bool Slides => _sliding is not null;

    /// <param name="window">Shape (C, T), row-major, raw values in the unit of each channel; NaN is
    /// missing and becomes the channel's centre. Not kept.</param>
    /// <param name="output"><see cref="OutputLength"/> values; overwritten.</param>
    /// <exception cref="ArgumentException">A length does not match.</exception>
    /// <remarks>No allocation.</remarks>
    public void Extract(ReadOnlySpan<float> window, Calibration calibration, Span<float> output)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        if (window.Length != _channels * _windowLength)
            throw new ArgumentException(
                $"The window has {window.Length} values, expected {_channels} channels × {_windowLength} samples.", nameof(window));
        if (output.Length != OutputLength)
            throw new ArgumentException($"The output has room for {output.Length} values, expected {OutputLength}.", nameof(output));
        if (calibration.Centre.Length != _channels || calibration.Scale.Length != _channels)
            throw new ArgumentException(
                $"The calibration holds {calibration.Centre.Length} centres and {calibration.Scale.Length} scales, expected {_channels}.",
                nameof(calibration));

        for (var channel = 0; channel < _channels; channel++)
        {
            var raw = window.Slice(channel * _windowLength, _windowLength);
            Normalise(
                raw, calibration.Centre[channel], calibration.Scale[channel],
                (_normalised.Length == 0 ? output : _normalised).Slice(channel * _steps, _steps));
        }
        if (_normalised.Length > 0)
            ComputeBlocks(output);
        _scale?.Apply(output);
        _sliding?.Begin(window, calibration);
    }

    /// <summary>The tensor of the window that ends one row later, bit for bit as <see cref="Extract"/> would make it, at the
    /// cost of that row.</summary>
    /// <param name="row">Shape (C,): the row that follows the last one of the window before. NaN is missing.</param>
    /// <param name="output">As the last call left it; overwritten.</param>
    /// <remarks>The calibration is that of the last <see cref="Extract"/>. No allocation.</remarks>
    /// <exception cref="ArgumentException">A length does not match.</exception>
    /// <exception cref="InvalidOperationException">Not <see cref="Slides"/>.</exception>
    public void ExtractNext(ReadOnlySpan<float> row, Span<float> output)
    {
        if (row.Length != _channels)
            throw new ArgumentException($"The row has {row.Length} values, expected {_channels}.", nameof(row));
        if (output.Length != OutputLength)
            throw new ArgumentException($"The output has room for {output.Length} values, expected {OutputLength}.", nameof(output));
        (_sliding ?? throw new InvalidOperationException("This recipe needs the whole window.")).Push(row, output);
    }

    private void ComputeBlocks(Span<float> output)
    {
        for (var i = 0; i < _derived.Length; i++)
            _derived[i].Compute(_normalised.AsSpan(0, _channels * _steps), Channel(_channels + i), _scratch);
        var offset = 0;
        foreach (var block in _blocks)
        {
            foreach (var channel in block.Channels)
            {
                block.Compute(Channel(channel), output.Slice(offset, block.Size), _scratch);
                offset += block.Size;
            }
        }
    }

    private Span<float> Channel(int channel) => _normalised.AsSpan(channel * _steps, _steps);

    private void Normalise(ReadOnlySpan<float> raw, float centre, float scale, Span<float> output)
    {
        if (_recipe.SmoothingLength > 1)
        {
            Statistics.CausalMean(raw, _recipe.SmoothingLength, output);
            raw = output;
        }

        Centre(raw, centre, scale, ClipOf(_recipe), output);
        if (_recipe.Compression == Compression.Asinh)
            InverseHyperbolicSine.Apply(output, output);
    }

    /// <summary>Infinite where the recipe has none.</summary>
    internal static float ClipOf(FeatureRecipe recipe) => recipe.Clip > 0 ? recipe.Clip : float.PositiveInfinity;

    /// <summary>(value − centre) / scale, a missing value as 0, within ± clip.</summary>
    internal static Vector<float> Centre(Vector<float> value, Vector<float> centre, Vector<float> scale, Vector<float> clip)
    {
        value = (value - centre) / scale;
        // Centre and scale are finite, so a NaN here is a missing value and nothing else; alone it differs from itself.
        value = Vector.ConditionalSelect(Vector.Equals(value, value), value, Vector<float>.Zero);
        return Vector.Max(Vector.Min(value, clip), -clip);
    }

    /// <summary>The same of a channel, in one pass.</summary>
    /// <param name="raw">May be <paramref name="output"/>.</param>
    private static void Centre(ReadOnlySpan<float> raw, float centre, float scale, float clip, Span<float> output)
    {
        var (centres, scales, clips) = (new Vector<float>(centre), new Vector<float>(scale), new Vector<float>(clip));
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(raw);
        var results = MemoryMarshal.Cast<float, Vector<float>>(output);
        for (var i = 0; i < results.Length; i++) results[i] = Centre(vectors[i], centres, scales, clips);

        for (var i = results.Length * Vector<float>.Count; i < output.Length; i++)
        {
            var value = (raw[i] - centre) / scale;
            output[i] = float.IsNaN(value) ? 0 : Math.Clamp(value, -clip, clip);
        }
    }

    private static void Verify(FeatureRecipe recipe, int windowLength)
    {
        if (recipe.Features.Count == 0)
            throw new ArgumentException("The recipe has no features.", nameof(recipe));
        if (recipe.SmoothingLength < 1 || recipe.SmoothingLength > windowLength)
            throw new ArgumentException(
                $"SmoothingLength {recipe.SmoothingLength} is not within 1 and the window of {windowLength} samples.", nameof(recipe));
        if (!(recipe.Clip >= 0))
            throw new ArgumentException($"Clip {recipe.Clip} is below zero.", nameof(recipe));
        if (!(recipe.MinScale >= 0 && float.IsFinite(recipe.MinScale)))
            throw new ArgumentException($"MinScale {recipe.MinScale} is not a finite share of at least zero.", nameof(recipe));
        if (!(recipe.MinScaleOfRaw >= 0 && float.IsFinite(recipe.MinScaleOfRaw)))
            throw new ArgumentException($"MinScaleOfRaw {recipe.MinScaleOfRaw} is not a finite share of at least zero.", nameof(recipe));
        if (!Enum.IsDefined(recipe.Normalisation) || !Enum.IsDefined(recipe.Layout) || !Enum.IsDefined(recipe.Compression))
            throw new ArgumentException(
                $"Normalisation {recipe.Normalisation}, layout {recipe.Layout} or compression {recipe.Compression} is unknown.", nameof(recipe));
    }
}
