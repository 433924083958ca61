namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Somebody stands by an artefact.</summary>
/// <param name="Note">What he looked at; may be empty.</param>
public sealed record Approval(string Who, DateTimeOffset At, string Note);
