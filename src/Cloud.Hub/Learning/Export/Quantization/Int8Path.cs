namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>How an int8 model came about.</summary>
internal enum Int8Path
{
    /// <summary>Ranges from calibration, weights rounded once.</summary>
    Static,

    /// <summary>Weights and ranges learnt with everything rounded, where the static path loses more than the gate allows.</summary>
    FineTuned,
}
