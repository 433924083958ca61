namespace Cloud.Hub.Learning.Federated;

/// <summary>What became of a round.</summary>
/// <param name="Accepted">Devices whose update counted.</param>
/// <param name="Clipped">Of those, the ones whose norm was larger than allowed.</param>
/// <param name="Refused">Device and reason of every other update.</param>
/// <param name="HasMoved">The head changed; false when too few updates were accepted.</param>
/// <param name="Windows">That the accepted updates were tuned on, of each at most <see cref="FederatedSettings.MaxWeight"/>.</param>
internal sealed record RoundReport(
    int Round, IReadOnlyList<string> Accepted, int Clipped, IReadOnlyList<(string Client, string Reason)> Refused, bool HasMoved, int Windows);
