using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Communication.Endpoints;
using Google.Protobuf;
using Grpc.Core;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using V1 = Cloud.Hub.Communication.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>The fleet's door when Communication runs in another process.</summary>
internal sealed class FleetGrpcClient(V1.Communication.CommunicationClient client) : IFleet, IDeviceIdentities, IDeviceReports
{
    /// <summary>Devices in one message at most: it stays well below what a message may hold.</summary>
    private const int ModelsAtOnce = 2_000;

    public async Task<IReadOnlyList<DeviceView>> DevicesAsync(CancellationToken cancellation)
    {
        using var call = client.List(new V1.DevicesRequest(), cancellationToken: cancellation);
        var devices = new List<DeviceView>();
        while (await call.ResponseStream.MoveNext(cancellation)) devices.Add(CommunicationTranslation.FromWire(call.ResponseStream.Current));
        return devices;
    }

    public async Task<DeviceView?> DeviceAsync(string deviceId, CancellationToken cancellation)
    {
        try
        {
            return CommunicationTranslation.FromWire(
                await client.FindAsync(new V1.DeviceRequest { DeviceId = deviceId }, cancellationToken: cancellation));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<Enrolment> EnrolAsync(string siteId, string deviceId, CancellationToken cancellation)
    {
        var enrolment = await Ask(
            deviceId, client.EnrolAsync(new V1.EnrolRequest { SiteId = siteId, DeviceId = deviceId }, cancellationToken: cancellation));
        return new Enrolment(enrolment.SiteId, enrolment.DeviceId, enrolment.Password);
    }

    public async Task<DesiredState> SetModelAsync(string deviceId, ModelAssignment? model, CancellationToken cancellation) =>
        Desired(await Ask(deviceId, client.SetModelAsync(Request(deviceId, model), cancellationToken: cancellation)));

    public async Task<IReadOnlyDictionary<string, string>> SetModelsAsync(
        IReadOnlyDictionary<string, ModelAssignment?> models, CancellationToken cancellation)
    {
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var some in models.Chunk(ModelsAtOnce))
        {
            var request = new V1.SetModelsRequest();
            request.Models.AddRange(some.Select(static pair => Request(pair.Key, pair.Value)));
            foreach (var (device, reason) in (await client.SetModelsAsync(
                request, cancellationToken: cancellation)).Failures) failures[device] = reason;
        }

        return failures;
    }

    public async Task<DesiredState> SetSamplingBoostAsync(string deviceId, double boost, CancellationToken cancellation) =>
        Desired(await Ask(
            deviceId,
            client.SetSamplingBoostAsync(new V1.SetSamplingBoostRequest { DeviceId = deviceId, Boost = boost }, cancellationToken: cancellation)));

    public async Task<CommandReply> SendAsync(
        string deviceId, string kind, TimeSpan expiresIn, IReadOnlyDictionary<string, string>? arguments, CancellationToken cancellation)
    {
        var request = new V1.SendRequest { DeviceId = deviceId, Kind = kind, ExpiresInSeconds = expiresIn.TotalSeconds };
        foreach (var (name, value) in arguments ?? new Dictionary<string, string>()) request.Arguments.Add(name, value);
        return CommunicationTranslation.FromWire(await Ask(deviceId, client.SendAsync(request, cancellationToken: cancellation)));
    }

    public async Task<bool> AreValidAsync(string deviceId, string password, CancellationToken cancellation) =>
        (await client.CheckCredentialsAsync(
            new V1.CredentialsRequest { DeviceId = deviceId, Password = password }, cancellationToken: cancellation)).Valid;

    public Task HeardAsync(string deviceId, ReportedState reported, CancellationToken cancellation) => Ask(
        deviceId,
        client.HearAsync(
            new V1.HearRequest { DeviceId = deviceId, ReportedJson = JsonSerializer.Serialize(reported, ContractsJson.Default.ReportedState) },
            cancellationToken: cancellation));

    public Task HeardAsync(string deviceId, Presence presence, CancellationToken cancellation) => Ask(
        deviceId,
        client.HearAsync(
            new V1.HearRequest { DeviceId = deviceId, PresenceJson = JsonSerializer.Serialize(presence, ContractsJson.Default.Presence) },
            cancellationToken: cancellation));

    public async Task<FactAck> AppendAsync(FactBatch batch, CancellationToken cancellation)
    {
        var request = new V1.AppendFactsRequest { Batch = UnsafeByteOperations.UnsafeWrap(FactBatchCodec.Encode(batch)) };
        var ack = await Ask(batch.DeviceId, client.AppendFactsAsync(request, cancellationToken: cancellation));
        return new FactAck(ack.Epoch, ack.Sequence);
    }

    private static V1.SetModelRequest Request(string deviceId, ModelAssignment? model)
    {
        var request = new V1.SetModelRequest { DeviceId = deviceId };
        if (model is not null) request.ModelJson = JsonSerializer.Serialize(model, ContractsJson.Default.ModelAssignment);
        return request;
    }

    private static DesiredState Desired(V1.Desired reply) => JsonSerializer.Deserialize(reply.DesiredJson, ContractsJson.Default.DesiredState)!;

    /// <summary>The same exceptions as the door in this process throws.</summary>
    private static async Task<T> Ask<T>(string deviceId, AsyncUnaryCall<T> call)
    {
        try
        {
            using (call) return await call;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            throw new UnknownDeviceException(deviceId);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            throw new ArgumentException(e.Status.Detail, nameof(call), e);
        }
    }
}
