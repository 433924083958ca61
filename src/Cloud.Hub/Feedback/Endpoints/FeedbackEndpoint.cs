using System.Text.Json;
using Cloud.Hub.Feedback.Contract;
using Grpc.Core;
using Hmas.Contracts;
using V1 = Cloud.Hub.Feedback.Contract.V1;

namespace Cloud.Hub.Feedback.Endpoints;

/// <summary>Serves <see cref="IFeedback"/> over gRPC: parses, calls, translates.</summary>
internal sealed class FeedbackEndpoint(IFeedback feedback) : V1.Feedback.FeedbackBase
{
    public override async Task<V1.AddLabelsReply> AddLabels(V1.AddLabelsRequest request, ServerCallContext context)
    {
        await CallAsync(async () =>
        {
            await feedback.AddLabelsAsync([.. request.Labels.Select(LabelWire.FromWire)], context.CancellationToken);
            return true;
        });
        return new V1.AddLabelsReply();
    }

    public override async Task<V1.LabelsReply> Labels(V1.LabelsRequest request, ServerCallContext context)
    {
        var reply = new V1.LabelsReply();
        var labels = await feedback.LabelsAsync(
            request.HasDeviceId ? request.DeviceId : null, request.HasRunId ? request.RunId : null, context.CancellationToken);
        reply.Labels.AddRange(labels.Select(LabelWire.ToWire));
        return reply;
    }

    public override async Task<V1.AlarmsReply> Alarms(V1.AlarmsRequest request, ServerCallContext context)
    {
        var reply = new V1.AlarmsReply();
        reply.Alarms.AddRange((await feedback.AlarmsAsync(request.OpenOnly, request.Limit, context.CancellationToken)).Select(ToWire));
        return reply;
    }

    public override async Task<V1.AcknowledgeReply> Acknowledge(V1.AcknowledgeRequest request, ServerCallContext context) => new()
    {
        Found = await CallAsync(() => feedback.AcknowledgeAsync(request.AlarmId, request.Label, request.Who, context.CancellationToken)),
    };

    public override async Task<V1.QualityReply> Quality(V1.QualityRequest request, ServerCallContext context)
    {
        var reply = new V1.QualityReply();
        reply.Models.AddRange((await feedback.QualityAsync(context.CancellationToken)).Select(quality => new V1.ModelQuality
        {
            Digest = quality.Digest,
            DeviceId = quality.DeviceId,
            TruePositives = quality.TruePositives,
            FalsePositives = quality.FalsePositives,
            TrueNegatives = quality.TrueNegatives,
            FalseNegatives = quality.FalseNegatives,
        }));
        return reply;
    }

    private static async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ArgumentException error)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, error.Message));
        }
    }

    private static V1.Alarm ToWire(AlarmView alarm)
    {
        var wire = new V1.Alarm
        {
            AlarmId = alarm.AlarmId,
            SiteId = alarm.SiteId,
            DeviceId = alarm.DeviceId,
            RaisedJson = JsonSerializer.Serialize(alarm.Raised, ContractsJson.Default.AlarmEvent),
        };
        if (alarm.EndedUs is { } ended) wire.EndedUs = ended;
        if (alarm.Label is not null) wire.Label = alarm.Label;
        if (alarm.AcknowledgedBy is not null) wire.AcknowledgedBy = alarm.AcknowledgedBy;
        return wire;
    }
}
