namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>How a tensor's range follows from what calibration showed.</summary>
internal enum RangeRule
{
    /// <summary>Smallest to largest.</summary>
    MinMax,

    /// <summary>Without 0.001 % of the values at each end.</summary>
    Percentile,

    /// <summary>The share of smallest-to-largest with the least squared error of rounding and clipping.</summary>
    LeastError,
}
