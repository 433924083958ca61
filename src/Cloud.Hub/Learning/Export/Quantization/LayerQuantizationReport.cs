using Cloud.Hub.Learning.Contract;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>What quantization did to one operation that has weights.</summary>
/// <param name="Operation">Position and kind.</param>
/// <param name="WeightSqnrDb">Signal to quantization noise of its weights.</param>
/// <param name="ActivationSqnrDb">The same of what comes out, with everything before it rounded
/// too, on windows that ranges were not taken from.</param>
/// <param name="SaturatedShare">Share of what comes out that lies beyond its range.</param>
/// <param name="UnsafeChannels">Channels whose neighbouring weights, rounded each for itself, could
/// leave 16 bits on x64 without VNNI; they are kept from it.</param>
/// <param name="MedianUs">Median time of one execution on this machine, all its nodes.</param>
internal sealed record LayerQuantizationReport(
    string Operation, double WeightSqnrDb, double ActivationSqnrDb, double SaturatedShare, int UnsafeChannels, double MedianUs)
{
    /// <summary>Columns of <see cref="Row"/>.</summary>
    public const string Header = "  layer     weights dB  answers dB  saturated  unsafe channels  µs";

    /// <summary>One line of a table.</summary>
    public string Row =>
        FormattableString.Invariant(
            $"  {Operation,-9} {WeightSqnrDb,10:0.0}  {ActivationSqnrDb,10:0.0}  {SaturatedShare,9:0.0000}  {UnsafeChannels,15}  {MedianUs:0.0}");

    /// <summary>As a run keeps it; JSON has no infinity, so noise below measure is 200 dB.</summary>
    public QuantizedLayerView ToView() => new(Operation, Math.Min(200, WeightSqnrDb), Math.Min(200, ActivationSqnrDb), SaturatedShare, MedianUs);
}
