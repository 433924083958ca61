namespace Hmas.Contracts.Models;

/// <summary>Recorded rows and what the model answered to them where it was packaged. A device runs the
/// same rows before it lets the model near live ones.</summary>
public sealed record RecordedProbe
{
    /// <summary>Rows at the beginning that a detector is calibrated on; 0 for a classifier.</summary>
    public required int CalibrationRows { get; init; }

    /// <summary>Raw values, float32 little-endian, row-major in the manifest's channel order: the calibration rows, then
    /// windows of the manifest's length, one after the other. NaN is missing.</summary>
    public required ReadOnlyMemory<byte> Rows { get; init; }

    /// <summary>Of each window the raw score, or the probability of each class.</summary>
    public required IReadOnlyList<float> Answers { get; init; }

    /// <summary>An answer agrees when it differs by at most this much, times the recorded answer's
    /// size where that is above 1. Over 0, at most 1.</summary>
    public required double Tolerance { get; init; }
}
