namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>How ranges follow from what calibration showed.</summary>
/// <param name="Range">The rule.</param>
/// <param name="Headroom">Ranges are widened by this: a detector meets anomalies that calibration never showed. 1 is none.</param>
internal readonly record struct QuantizerSettings(RangeRule Range, float Headroom)
{
    public override string ToString() => FormattableString.Invariant($"{Range} × {Headroom:0.#}");
}
