namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Choices of the static quantizer; defaults from the design facts, section 8.</summary>
internal sealed record QuantizerSettings
{
    /// <summary>Activation ranges are widened by this: a detector meets anomalies that calibration never showed. 2 for detectors, 1 for classifiers.</summary>
    public float Headroom { get; init; } = 2f;

    /// <summary>Moves each layer's mean weight-rounding error into its bias.</summary>
    public bool CorrectsBias { get; init; } = true;

    /// <summary>Some device is x64 without VNNI: channels whose pair sums could saturate there give up as many weight steps as that needs, at most one bit. On, because a fleet's processors are not known.</summary>
    public bool TargetsLackVnni { get; init; } = true;
}
