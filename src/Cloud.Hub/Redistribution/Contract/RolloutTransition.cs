namespace Cloud.Hub.Redistribution.Contract;

public sealed record RolloutTransition(DateTimeOffset At, string Group, string From, string To, string Reason, GateEvidence? Evidence);
