using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Twins;
using V1 = Cloud.Hub.Communication.Contract.V1;

namespace Cloud.Hub.Communication.Endpoints;

/// <summary>Between the door's records and its messages, both ways.</summary>
internal static class CommunicationTranslation
{
    public static V1.Device ToWire(DeviceView device)
    {
        var message = new V1.Device { SiteId = device.SiteId, DeviceId = device.DeviceId, Online = device.Online };
        if (device.LastSeen is { } seen) message.LastSeenUs = seen.ToUnixMicroseconds();
        if (device.Desired is { } desired) message.DesiredJson = JsonSerializer.Serialize(desired, ContractsJson.Default.DesiredState);
        if (device.Reported is { } reported) message.ReportedJson = JsonSerializer.Serialize(reported, ContractsJson.Default.ReportedState);
        return message;
    }

    public static DeviceView FromWire(V1.Device message) => new()
    {
        SiteId = message.SiteId,
        DeviceId = message.DeviceId,
        Online = message.Online,
        LastSeen = message.HasLastSeenUs ? DateTimeOffset.UnixEpoch.AddMicroseconds(message.LastSeenUs) : null,
        Desired = message.HasDesiredJson ? JsonSerializer.Deserialize(message.DesiredJson, ContractsJson.Default.DesiredState) : null,
        Reported = message.HasReportedJson ? JsonSerializer.Deserialize(message.ReportedJson, ContractsJson.Default.ReportedState) : null,
    };

    public static V1.Desired ToWire(DesiredState desired) =>
        new() { DesiredJson = JsonSerializer.Serialize(desired, ContractsJson.Default.DesiredState) };

    public static V1.CommandReply ToWire(CommandReply reply)
    {
        var message = new V1.CommandReply { Id = reply.Id, Succeeded = reply.Succeeded };
        if (reply.Error is { } error) message.Error = error;
        if (reply.Detail is { } detail) message.Detail = detail;
        return message;
    }

    public static CommandReply FromWire(V1.CommandReply message) =>
        new(message.Id, message.Succeeded, message.HasError ? message.Error : null, message.HasDetail ? message.Detail : null);
}
