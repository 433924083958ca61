namespace Edge.Agent.Perception.Inference;

/// <summary>A detector's answer to one window.</summary>
/// <param name="Raw">Score of this window alone; NaN or infinite when the model failed on it.</param>
/// <param name="Smoothed">What is compared with the threshold.</param>
internal readonly record struct WindowScore(float Raw, float Smoothed, bool IsAlarm, bool IsValid);
