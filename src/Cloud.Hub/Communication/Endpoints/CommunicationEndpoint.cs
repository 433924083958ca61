using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Grpc.Core;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using V1 = Cloud.Hub.Communication.Contract.V1;

namespace Cloud.Hub.Communication.Endpoints;

/// <summary>Serves the fleet's door over gRPC: parses, calls, translates.</summary>
internal sealed class CommunicationEndpoint(IFleet fleet, IDeviceIdentities identities, IDeviceReports reports) : V1.Communication.CommunicationBase
{
    public override async Task List(V1.DevicesRequest request, IServerStreamWriter<V1.Device> responseStream, ServerCallContext context)
    {
        foreach (var device in await fleet.DevicesAsync(context.CancellationToken))
            await responseStream.WriteAsync(CommunicationTranslation.ToWire(device), context.CancellationToken);
    }

    public override async Task<V1.Device> Find(V1.DeviceRequest request, ServerCallContext context) =>
        await fleet.DeviceAsync(request.DeviceId, context.CancellationToken) is { } device
            ? CommunicationTranslation.ToWire(device)
            : throw new RpcException(new Status(StatusCode.NotFound, $"device '{request.DeviceId}' is not enrolled"));

    public override Task<V1.Enrolment> Enrol(V1.EnrolRequest request, ServerCallContext context) => Answer(async () =>
    {
        var enrolment = await fleet.EnrolAsync(request.SiteId, request.DeviceId, context.CancellationToken);
        return new V1.Enrolment { SiteId = enrolment.SiteId, DeviceId = enrolment.DeviceId, Password = enrolment.Password };
    });

    public override Task<V1.Desired> SetModel(V1.SetModelRequest request, ServerCallContext context) => Answer(async () =>
        CommunicationTranslation.ToWire(await fleet.SetModelAsync(request.DeviceId, Model(request), context.CancellationToken)));

    public override Task<V1.SetModelsReply> SetModels(V1.SetModelsRequest request, ServerCallContext context) => Answer(async () =>
    {
        var models = new Dictionary<string, ModelAssignment?>(StringComparer.Ordinal);
        foreach (var one in request.Models) models[one.DeviceId] = Model(one);
        var reply = new V1.SetModelsReply();
        foreach (var (device, reason) in await fleet.SetModelsAsync(models, context.CancellationToken)) reply.Failures.Add(device, reason);
        return reply;
    });

    public override Task<V1.Desired> SetSamplingBoost(V1.SetSamplingBoostRequest request, ServerCallContext context) => Answer(async () =>
        CommunicationTranslation.ToWire(await fleet.SetSamplingBoostAsync(request.DeviceId, request.Boost, context.CancellationToken)));

    public override Task<V1.CommandReply> Send(V1.SendRequest request, ServerCallContext context) => Answer(async () =>
    {
        var expiresIn = double.IsFinite(request.ExpiresInSeconds)
            ? TimeSpan.FromSeconds(Math.Clamp(request.ExpiresInSeconds, -1, 1e9)) : TimeSpan.Zero;
        var reply = await fleet.SendAsync(
            request.DeviceId, request.Kind, expiresIn, request.Arguments.Count > 0 ? request.Arguments.ToDictionary() : null,
            context.CancellationToken);
        return CommunicationTranslation.ToWire(reply);
    });

    public override async Task<V1.CredentialsReply> CheckCredentials(V1.CredentialsRequest request, ServerCallContext context) =>
        new() { Valid = await identities.AreValidAsync(request.DeviceId, request.Password, context.CancellationToken) };

    public override Task<V1.HearReply> Hear(V1.HearRequest request, ServerCallContext context) => Answer(async () =>
    {
        await (request.SaidCase switch
        {
            V1.HearRequest.SaidOneofCase.ReportedJson =>
                reports.HeardAsync(
                    request.DeviceId, Require(JsonSerializer.Deserialize(request.ReportedJson, ContractsJson.Default.ReportedState)),
                    context.CancellationToken),
            V1.HearRequest.SaidOneofCase.PresenceJson =>
                reports.HeardAsync(
                    request.DeviceId, Require(JsonSerializer.Deserialize(request.PresenceJson, ContractsJson.Default.Presence)),
                    context.CancellationToken),
            _ => throw new ArgumentException("neither reported_json nor presence_json is set"),
        });
        return new V1.HearReply();
    });

    public override Task<V1.AppendFactsReply> AppendFacts(V1.AppendFactsRequest request, ServerCallContext context) => Answer(async () =>
    {
        var ack = await reports.AppendAsync(FactBatchCodec.Decode(request.Batch.Span, WireLimits.Default), context.CancellationToken);
        return new V1.AppendFactsReply { Epoch = ack.Epoch, Sequence = ack.Sequence };
    });

    private static T Require<T>(T? document)
        where T : class => document ?? throw new ArgumentException("the document is null");

    private static ModelAssignment? Model(V1.SetModelRequest request) =>
        request.HasModelJson ? JsonSerializer.Deserialize(request.ModelJson, ContractsJson.Default.ModelAssignment) : null;

    private static async Task<T> Answer<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (UnknownDeviceException failure)
        {
            throw new RpcException(new Status(StatusCode.NotFound, failure.Message));
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or JsonException or WireFormatException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, failure.Message));
        }
    }
}
