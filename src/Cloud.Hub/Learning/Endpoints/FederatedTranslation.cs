using Cloud.Hub.Learning.Contract;
using V1 = Cloud.Hub.Learning.Contract.V1;

namespace Cloud.Hub.Learning.Endpoints;

/// <summary>Federated requests and rounds between records and messages, both ways.</summary>
internal static class FederatedTranslation
{
    public static FederatedRequest FromWire(V1.Federated wire) => new()
    {
        Rounds = wire.Rounds,
        Devices = [.. wire.Devices],
        MaxDevices = wire.MaxDevices,
        MinDevices = wire.MinDevices,
        Join = wire.Join,
        ServerRate = wire.ServerRate,
        Proximal = wire.Proximal,
        MaxNorm = wire.MaxNorm,
        Noise = wire.Noise,
        MaxWindows = wire.MaxWindows,
        BudgetMs = wire.BudgetMs,
        RoundSeconds = wire.RoundSeconds,
    };

    public static V1.Federated ToWire(FederatedRequest request)
    {
        var wire = new V1.Federated
        {
            Rounds = request.Rounds,
            MaxDevices = request.MaxDevices,
            MinDevices = request.MinDevices,
            Join = request.Join,
            ServerRate = request.ServerRate,
            Proximal = request.Proximal,
            MaxNorm = request.MaxNorm,
            Noise = request.Noise,
            MaxWindows = request.MaxWindows,
            BudgetMs = request.BudgetMs,
            RoundSeconds = request.RoundSeconds,
        };
        wire.Devices.AddRange(request.Devices);
        return wire;
    }

    public static FederatedRoundView FromWire(V1.FederatedRound round) => new(
        round.Round, round.Asked, round.Accepted, round.Clipped,
        [.. round.Refused.Select(refused => new RefusedUpdate(refused.DeviceId, refused.Reason))], round.HasMoved, round.Windows);

    public static V1.FederatedRound ToWire(FederatedRoundView round)
    {
        var wire = new V1.FederatedRound { Round = round.Round, Asked = round.Asked, Accepted = round.Accepted, Clipped = round.Clipped,
            HasMoved = round.HasMoved, Windows = round.Windows };
        wire.Refused.AddRange(round.Refused.Select(refused => new V1.RefusedUpdate { DeviceId = refused.DeviceId, Reason = refused.Reason }));
        return wire;
    }
}
