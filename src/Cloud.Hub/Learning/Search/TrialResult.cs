namespace Cloud.Hub.Learning.Search;

/// <summary>One run of a trial with one budget.</summary>
/// <param name="Value">Lower is better; not a number for a run that failed.</param>
/// <param name="Seconds">How long it ran.</param>
internal sealed record TrialResult(int Trial, int Rung, double Value, double Seconds);
