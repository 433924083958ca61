namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>How ranges follow from what calibration showed, and what is rounded at all.</summary>
/// <param name="Range">The rule.</param>
/// <param name="Headroom">Ranges are widened by this: a detector meets anomalies that calibration never showed. 1 is none.</param>
/// <param name="InFloat">Products that are not rounded.</param>
internal readonly record struct QuantizerSettings(RangeRule Range, float Headroom, FloatEnds InFloat = FloatEnds.None)
{
    public override string ToString() => FormattableString.Invariant($"{Range} × {Headroom:0.#}") + InFloat switch
    {
        FloatEnds.None => "",
        FloatEnds.First => ", first product in float",
        FloatEnds.Last => ", last product in float",
        _ => ", first and last product in float",
    };
}
