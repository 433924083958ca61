namespace Cloud.Hub.Learning.Datasets;

/// <summary>A model's input cut out of a run.</summary>
/// <param name="Features">(T, R), time-major, as the engine has it.</param>
/// <param name="Anomalous">Truth of its last row; null: unknown.</param>
/// <param name="IsCalibration">Its last row is one of the run's calibration rows.</param>
internal readonly record struct LabelledWindow(float[] Features, bool? Anomalous, bool IsCalibration);
