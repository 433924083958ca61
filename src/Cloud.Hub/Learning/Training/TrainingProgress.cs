namespace Cloud.Hub.Learning.Training;

/// <summary>After each epoch.</summary>
/// <param name="Epoch">1-based.</param>
/// <param name="Validation">NaN without a validation set.</param>
internal readonly record struct TrainingProgress(int Epoch, int Epochs, double Loss, double Validation);
