namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Choices of the static quantizer; defaults from the design facts, section 8.</summary>
internal sealed record QuantizerSettings
{
    public RangeRule Range { get; init; }

    /// <summary>Activation ranges are widened by this: a detector meets anomalies that calibration never showed. 2 for detectors, 1 for classifiers.</summary>
    public float Headroom { get; init; } = 2f;

    /// <summary>Some device is x64 without VNNI: no pair of weights may leave 16 bits there. On, because a fleet's processors are not known.</summary>
    public bool TargetsLackVnni { get; init; } = true;
}
