using System.Text.Json;
using Cloud.Hub.Feedback.Contract;
using Grpc.Core;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using V1 = Cloud.Hub.Feedback.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Feedback's door when it runs in another process.</summary>
internal sealed class FeedbackGrpcClient(V1.Feedback.FeedbackClient client) : IFeedback
{
    public async Task AddLabelsAsync(IReadOnlyList<OutcomeLabel> labels, CancellationToken cancellation)
    {
        var request = new V1.AddLabelsRequest();
        request.Labels.AddRange(labels.Select(LabelWire.ToWire));
        try
        {
            await client.AddLabelsAsync(request, cancellationToken: cancellation);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            throw new ArgumentException(e.Status.Detail, nameof(labels), e);
        }
    }

    public async Task<IReadOnlyList<OutcomeLabel>> LabelsAsync(string? deviceId, string? runId, CancellationToken cancellation)
    {
        var request = new V1.LabelsRequest();
        if (deviceId is not null) request.DeviceId = deviceId;
        if (runId is not null) request.RunId = runId;
        return [.. (await client.LabelsAsync(request, cancellationToken: cancellation)).Labels.Select(LabelWire.FromWire)];
    }

    public async Task<IReadOnlyList<AlarmView>> AlarmsAsync(bool openOnly, int limit, CancellationToken cancellation) =>
        [.. (await client.AlarmsAsync(new V1.AlarmsRequest { OpenOnly = openOnly, Limit = limit }, cancellationToken: cancellation)).Alarms.Select(
            FromWire)];

    public async Task<bool> AcknowledgeAsync(string alarmId, string label, string who, CancellationToken cancellation)
    {
        try
        {
            return (await client.AcknowledgeAsync(
                new V1.AcknowledgeRequest { AlarmId = alarmId, Label = label, Who = who }, cancellationToken: cancellation)).Found;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            throw new ArgumentException(e.Status.Detail, nameof(label), e);
        }
    }

    public async Task<IReadOnlyList<ModelQuality>> QualityAsync(CancellationToken cancellation) =>
        [.. (await client.QualityAsync(new V1.QualityRequest(), cancellationToken: cancellation)).Models.Select(static model => new ModelQuality(
            model.Digest, model.DeviceId, model.TruePositives, model.FalsePositives, model.TrueNegatives, model.FalseNegatives))];

    private static AlarmView FromWire(V1.Alarm alarm) => new()
    {
        AlarmId = alarm.AlarmId,
        SiteId = alarm.SiteId,
        DeviceId = alarm.DeviceId,
        Raised = JsonSerializer.Deserialize(alarm.RaisedJson, ContractsJson.Default.AlarmEvent)!,
        EndedUs = alarm.HasEndedUs ? alarm.EndedUs : null,
        Label = alarm.HasLabel ? alarm.Label : null,
        AcknowledgedBy = alarm.HasAcknowledgedBy ? alarm.AcknowledgedBy : null,
    };
}
