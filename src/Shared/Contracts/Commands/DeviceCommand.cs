namespace Hmas.Contracts.Commands;

/// <summary>Something a device shall do once. Safe to deliver twice: the id names it.</summary>
/// <param name="Id">Unique; a device remembers the last ones and answers a repeat with the same reply.</param>
/// <param name="Kind"><c>ping</c>, <c>recalibrate</c>, <c>snapshot</c>, <c>report</c>, <c>keep-near</c>, <c>tune-head</c>.</param>
/// <param name="ExpiresAtUs">Past this the device answers <c>expired</c> and does nothing.</param>
public sealed record DeviceCommand(string Id, string Kind, long ExpiresAtUs, IReadOnlyDictionary<string, string>? Arguments = null);

/// <param name="Error">Stable word: <c>expired</c>, <c>unknown-kind</c>, <c>refused</c>, <c>failed</c>; null on success.</param>
public sealed record CommandReply(string Id, bool Succeeded, string? Error = null, string? Detail = null);
