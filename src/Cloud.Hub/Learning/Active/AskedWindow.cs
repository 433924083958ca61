using Cloud.Hub.Memory.Contract;

namespace Cloud.Hub.Learning.Active;

/// <summary>A window that may be asked about.</summary>
/// <param name="Features">Mean and deviation of each channel, in units of the device's calibration where it has one.</param>
/// <param name="Uncertainty">0 sure to 1.</param>
/// <param name="Said">What the model said.</param>
/// <param name="Names">Names to choose from.</param>
internal sealed record AskedWindow(ArchivedExperience Experience, float[] Features, double Uncertainty, string Said, IReadOnlyList<string> Names)
{
    /// <summary>Whether <see cref="Features"/> are in units of the device's calibration.</summary>
    public bool IsCalibrated => Experience.Record is var record && record.Centre.Length == record.Channels && record.Scale.Length == record.Channels;
}
