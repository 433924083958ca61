using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Grpc.Core;
using V1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>Serves the rollouts' door over gRPC.</summary>
internal sealed class RolloutsEndpoint(IRollouts rollouts) : V1.Rollouts.RolloutsBase
{
    public override async Task<V1.Rollout> Start(V1.StartRolloutRequest request, ServerCallContext context)
    {
        try
        {
            var parsed = JsonSerializer.Deserialize<RolloutRequest>(request.Request.Span, RedistributionJson.Requests)
                ?? throw new JsonException("request: null");
            if (RolloutRules.Fault(parsed) is { } fault) throw new RpcException(new Status(StatusCode.InvalidArgument, fault));
            return (await rollouts.StartAsync(parsed, context.CancellationToken)).ToMessage();
        }
        catch (JsonException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
        catch (RolloutRefusedException e)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
    }

    public override async Task<V1.FindRolloutReply> Find(V1.RolloutRequest request, ServerCallContext context) =>
        new() { Rollout = (await rollouts.FindAsync(request.RolloutId, context.CancellationToken))?.ToMessage() };

    public override async Task List(V1.ListRolloutsRequest request, IServerStreamWriter<V1.Rollout> responseStream, ServerCallContext context)
    {
        var page = request.Limit == 0
            ? rollouts.ListAsync(context.CancellationToken) : rollouts.PageAsync(
                request.Before.Length == 0 ? null : request.Before, request.Limit, context.CancellationToken);
        foreach (var view in await page) await responseStream.WriteAsync(view.ToMessage(), context.CancellationToken);
    }

    public override async Task<V1.FindRolloutReply> Command(V1.CommandRolloutRequest request, ServerCallContext context)
    {
        if (!Enum.TryParse<RolloutCommand>(request.Command, ignoreCase: true, out var command) || !Enum.IsDefined(command))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"'{request.Command}' is no command"));
        }

        try
        {
            if (request.HasGroup && command != RolloutCommand.Restore)
                throw new RpcException(new Status(StatusCode.InvalidArgument, $"group: only a restore can be of one, not {command}"));
            if (request.HasGroup)
                return new V1.FindRolloutReply { Rollout = (await rollouts.RestoreGroupAsync(
                    request.RolloutId, request.Group, request.Who, context.CancellationToken))?.ToMessage() };
            return new V1.FindRolloutReply { Rollout = (await rollouts.CommandAsync(
                request.RolloutId, command, request.Who, context.CancellationToken))?.ToMessage() };
        }
        catch (RolloutRefusedException e)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, e.Message));
        }
    }
}
