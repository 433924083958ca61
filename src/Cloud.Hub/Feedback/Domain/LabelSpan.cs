namespace Cloud.Hub.Feedback.Domain;

/// <summary>A label of kind outcome of the window's device and run, as far as truth needs it.</summary>
/// <param name="ToUs">Inclusive.</param>
internal readonly record struct LabelSpan(long FromUs, long ToUs, bool IsAnomaly);
