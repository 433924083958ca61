using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Perception.Contract.Grpc;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Perception's door when it runs in another process.</summary>
internal sealed class OpinionsGrpcClient(Perception.Contract.Grpc.Perception.PerceptionClient client) : ISecondOpinions
{
    public async Task<IReadOnlyList<WindowOpinion>> RecentAsync(string? deviceId, int limit, CancellationToken cancellation)
    {
        var reply = await client.ListOpinionsAsync(
            new ListOpinionsRequest { DeviceId = deviceId ?? "", Limit = limit }, cancellationToken: cancellation);
        return [.. reply.Opinions.Select(static opinion => new WindowOpinion(
            opinion.DeviceId, opinion.RunId, opinion.EndUs, opinion.TeacherScore, opinion.DeviceAlarm, opinion.Agrees))];
    }

    public async Task<IReadOnlyList<DataQuality>> QualityAsync(CancellationToken cancellation) =>
        [.. (await client.ListQualityAsync(new ListQualityRequest(), cancellationToken: cancellation)).Devices.Select(static device =>
            new DataQuality(
            device.DeviceId, device.Verdict, device.MissingShare, device.StuckShare, device.OutOfRangeShare, device.Windows, device.Explanation))];
}
