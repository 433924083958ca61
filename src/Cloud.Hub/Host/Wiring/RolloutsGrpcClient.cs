using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Endpoints;
using Grpc.Core;
using V1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>The rollouts' door when Redistribution runs in another process.</summary>
internal sealed class RolloutsGrpcClient(V1.Rollouts.RolloutsClient client) : IRollouts
{
    public async Task<RolloutView> StartAsync(RolloutRequest request, CancellationToken cancellation)
    {
        try
        {
            return (await client.StartAsync(
                new V1.StartRolloutRequest { Request = ModelMessages.Json(request) }, cancellationToken: cancellation)).ToView();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            throw new RolloutRefusedException(e.Status.Detail);
        }
    }

    public async Task<RolloutView?> FindAsync(string rolloutId, CancellationToken cancellation) =>
        (await client.FindAsync(new V1.RolloutRequest { RolloutId = rolloutId }, cancellationToken: cancellation)).Rollout?.ToView();

    public Task<IReadOnlyList<RolloutView>> ListAsync(CancellationToken cancellation) => ListAsync(new V1.ListRolloutsRequest(), cancellation);

    public Task<IReadOnlyList<RolloutView>> PageAsync(string? before, int limit, CancellationToken cancellation) =>
        ListAsync(new V1.ListRolloutsRequest { Before = before ?? "", Limit = limit }, cancellation);

    public Task<RolloutView?> CommandAsync(string rolloutId, RolloutCommand command, string who, CancellationToken cancellation) =>
        OrderAsync(new V1.CommandRolloutRequest { RolloutId = rolloutId, Command = command.ToString(), Who = who }, cancellation);

    public Task<RolloutView?> RestoreGroupAsync(string rolloutId, string group, string who, CancellationToken cancellation) =>
        OrderAsync(
            new V1.CommandRolloutRequest { RolloutId = rolloutId, Command = nameof(RolloutCommand.Restore), Who = who, Group = group }, cancellation);

    private async Task<RolloutView?> OrderAsync(V1.CommandRolloutRequest request, CancellationToken cancellation)
    {
        try
        {
            return (await client.CommandAsync(request, cancellationToken: cancellation)).Rollout?.ToView();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            throw new RolloutRefusedException(e.Status.Detail);
        }
    }

    private async Task<IReadOnlyList<RolloutView>> ListAsync(V1.ListRolloutsRequest request, CancellationToken cancellation)
    {
        using var call = client.List(request, cancellationToken: cancellation);
        var views = new List<RolloutView>();
        while (await call.ResponseStream.MoveNext(cancellation)) views.Add(call.ResponseStream.Current.ToView());
        return views;
    }
}
