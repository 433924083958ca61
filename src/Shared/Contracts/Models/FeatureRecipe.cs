using System.Text.Json.Serialization;

namespace Hmas.Contracts.Models;

/// <summary>How a window becomes a model's input tensor: a record only; <c>Shared/Signals</c>
/// carries it out, on the device and in the hub alike.</summary>
public sealed record FeatureRecipe
{
    /// <summary>Each row is first replaced by the causal mean of this many rows; 1 is none. A window of T
    /// rows leaves T − SmoothingLength + 1 time steps.</summary>
    public int SmoothingLength { get; init; } = 1;

    /// <summary>Fitted on the smoothed rows.</summary>
    public Normalisation Normalisation { get; init; } = Normalisation.Robust;

    /// <summary>The scale is at least this share of the unsmoothed rows' standard deviation; 0: no such floor.</summary>
    public float MinScaleOfRaw { get; init; }

    /// <summary>Normalised values are clipped to ±this; 0 switches clipping off.</summary>
    public float Clip { get; init; } = 10f;

    /// <summary>Applied to the clipped values.</summary>
    public Compression Compression { get; init; } = Compression.None;

    /// <summary>Smallest divisor, as a share of the channel's absolute centre plus the smallest
    /// normal float: keeps a constant channel finite.</summary>
    public float MinScale { get; init; } = 1e-3f;

    /// <summary><see cref="TensorLayout.ChannelsByTime"/>: only features that give one value per time
    /// step. <see cref="TensorLayout.Vector"/>: any.</summary>
    public TensorLayout Layout { get; init; } = TensorLayout.ChannelsByTime;

    /// <summary>Channels computed from the normalised ones of the same window; they stand behind those and take part in blocks like them.</summary>
    public IReadOnlyList<DerivedChannel> Derived { get; init; } = [];

    /// <summary>Blocks in the order in which they stand in the tensor; each is applied to its channels.</summary>
    public IReadOnlyList<FeatureSpec> Features { get; init; } = [new FeatureSpec(FeatureKind.Values)];

    /// <summary>Brings every value of a <see cref="TensorLayout.Vector"/> to one range, last of all; shipped with the model. Null: none.</summary>
    public Standardisation? Standardisation { get; init; }
}

/// <summary>What centre and scale are taken from the device's own healthy rows.</summary>
[JsonConverter(typeof(EnumWordConverter<Normalisation>))]
public enum Normalisation
{
    None = 0,

    /// <summary>Median and 1.4826 × median absolute deviation.</summary>
    Robust = 1,

    /// <summary>Mean and population standard deviation.</summary>
    ZScore = 2,

    /// <summary>Median and population standard deviation.</summary>
    MedianDeviation = 3,
}

/// <summary>Keeps large deviations apart without letting them swamp the small ones.</summary>
[JsonConverter(typeof(EnumWordConverter<Compression>))]
public enum Compression
{
    None = 0,

    /// <summary>Inverse hyperbolic sine: linear near 0, logarithmic far out.</summary>
    Asinh = 1,
}

[JsonConverter(typeof(EnumWordConverter<TensorLayout>))]
public enum TensorLayout
{
    /// <summary>Shape (1, C × blocks, T): input of convolutions.</summary>
    ChannelsByTime = 0,

    /// <summary>Shape (1, F): all blocks flattened, block after block, channel after channel.</summary>
    Vector = 1,
}

/// <summary>One block of features.</summary>
/// <param name="Kind">What is computed from each channel.</param>
/// <param name="Length">Rolling length in samples, or FFT length (a power of two); 0 means the whole window.</param>
/// <param name="Bands">Number of bands for spectra.</param>
/// <param name="MinHz">Lower edge of the first band.</param>
/// <param name="MaxHz">Upper edge of the last band; 0 means half the sampling rate.</param>
public sealed record FeatureSpec(FeatureKind Kind, int Length = 0, int Bands = 0, float MinHz = 0, float MaxHz = 0)
{
    /// <summary>The block sees only this many time steps at the window's end; 0: all. Layout Vector only.</summary>
    public int Rows { get; init; }

    /// <summary>Time steps back to the stretch that <see cref="FeatureKind.MeanChange"/> compares with.</summary>
    public int Lag { get; init; }

    /// <summary>Indices of the channels it is applied to, derived ones counted behind the raw; empty: every channel.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [];
}

/// <summary>A channel made of others, time step by time step.</summary>
/// <param name="Kind">What is computed.</param>
/// <param name="Channels">Indices of raw channels.</param>
/// <param name="Rows">Time steps at the window's end whose mean gives the direction of
/// <see cref="DerivedKind.AlongMean"/> and <see cref="DerivedKind.AcrossMean"/>; 0: all.</param>
public sealed record DerivedChannel(DerivedKind Kind, IReadOnlyList<int> Channels, int Rows = 0);

/// <summary>Numbers stand in manifests on disk: never reused.</summary>
[JsonConverter(typeof(EnumWordConverter<DerivedKind>))]
public enum DerivedKind
{
    /// <summary>Length of the vector that the channels form.</summary>
    Magnitude = 0,

    /// <summary>Its part along its own mean direction: for an accelerometer, along gravity, however the device lies.</summary>
    AlongMean = 1,

    /// <summary>Length of the part across that direction.</summary>
    AcrossMean = 2,

    /// <summary>Inverse hyperbolic sine of one channel: a logarithm with sign.</summary>
    Asinh = 3,
}

/// <summary>Value i of the vector becomes asinh(clip((value − Centre[i]) / Scale[i], ±Clip)).</summary>
/// <param name="Centre">Finite, one per value.</param>
/// <param name="Scale">Finite and &gt; 0, one per value.</param>
/// <param name="Clip">Above 0.</param>
public sealed record Standardisation(IReadOnlyList<float> Centre, IReadOnlyList<float> Scale, float Clip);

/// <summary>Numbers stand in manifests on disk: never reused.</summary>
[JsonConverter(typeof(EnumWordConverter<FeatureKind>))]
public enum FeatureKind
{
    // One value per time step.
    Values = 0,
    Differences = 1,
    RollingMean = 2,
    RollingDeviation = 3,

    // One value (or Bands values) per window.
    Mean = 16,
    Deviation = 17,
    Rms = 18,
    CrestFactor = 19,
    Kurtosis = 20,
    Slope = 21,
    SpectrumBands = 22,
    MelBands = 23,

    /// <summary>Natural logarithm of the population deviation plus 0.001.</summary>
    LogDeviation = 24,

    /// <summary>The same of the differences between neighbouring time steps.</summary>
    LogDifferenceDeviation = 25,

    /// <summary>Mean of the last <see cref="FeatureSpec.Rows"/> time steps minus the mean of as many that
    /// ended <see cref="FeatureSpec.Lag"/> steps earlier.</summary>
    MeanChange = 26,

    /// <summary>Largest <see cref="LogDeviation"/> of the half-overlapping stretches of Length time steps.</summary>
    PeakLogDeviation = 27,
}
