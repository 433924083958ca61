using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Perception.Contract.Grpc;
using Grpc.Core;

namespace Cloud.Hub.Perception.Endpoints;

/// <summary>The door over gRPC.</summary>
internal sealed class PerceptionEndpoint(ISecondOpinions opinions) : Contract.Grpc.Perception.PerceptionBase
{
    private const int MostOpinions = 10_000;

    public override async Task<ListOpinionsReply> ListOpinions(ListOpinionsRequest request, ServerCallContext context)
    {
        if (request.Limit is < 1 or > MostOpinions)
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"limit {request.Limit} is outside 1 to {MostOpinions}"));
        var reply = new ListOpinionsReply();
        foreach (var opinion in await opinions.RecentAsync(
            request.DeviceId.Length == 0 ? null : request.DeviceId, request.Limit, context.CancellationToken))
        {
            reply.Opinions.Add(new WindowOpinionMessage
            {
                DeviceId = opinion.DeviceId,
                RunId = opinion.RunId,
                EndUs = opinion.EndUs,
                TeacherScore = opinion.TeacherScore,
                DeviceAlarm = opinion.DeviceAlarm,
                Agrees = opinion.Agrees,
            });
        }

        return reply;
    }

    public override async Task<ListQualityReply> ListQuality(ListQualityRequest request, ServerCallContext context)
    {
        var reply = new ListQualityReply();
        foreach (var quality in await opinions.QualityAsync(context.CancellationToken))
        {
            reply.Devices.Add(new DataQualityMessage
            {
                DeviceId = quality.DeviceId,
                Verdict = quality.Verdict,
                MissingShare = quality.MissingShare,
                StuckShare = quality.StuckShare,
                OutOfRangeShare = quality.OutOfRangeShare,
                Windows = quality.Windows,
                Explanation = quality.Explanation,
            });
        }

        return reply;
    }
}
