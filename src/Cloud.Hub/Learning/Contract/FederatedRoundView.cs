namespace Cloud.Hub.Learning.Contract;

/// <summary>What became of a federated round.</summary>
/// <param name="Asked">Devices that were sent the head.</param>
/// <param name="Accepted">Updates that counted.</param>
/// <param name="Clipped">Of those, the ones whose norm was larger than allowed.</param>
/// <param name="Refused">Every other update or silence, the first of them.</param>
/// <param name="HasMoved">The head changed.</param>
/// <param name="Windows">Labelled windows that the accepted updates were tuned on, as the devices say, of none more than it was asked for.</param>
public sealed record FederatedRoundView(
    int Round, int Asked, int Accepted, int Clipped, IReadOnlyList<RefusedUpdate> Refused, bool HasMoved, int Windows);

/// <param name="Reason">The device's own, or the hub's.</param>
public sealed record RefusedUpdate(string DeviceId, string Reason);
