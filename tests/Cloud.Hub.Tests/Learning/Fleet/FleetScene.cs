using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Host;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Fleet;

/// <summary>What tests over a whole hub and whole agents wait for.</summary>
internal static class FleetScene
{
    /// <summary>Waits until the archive holds what the devices lived through.</summary>
    /// <param name="rows">That each device has played so far.</param>
    public static Task ArchivedAsync(HubFixture hub, IReadOnlyList<LiveAgent> agents, long rows) => Eventually.HoldsAsync(
        async () => (await OfAsync(hub, agents)).All(device =>
            device.Reported?.Counters is { } counters && counters.Samples >= rows * StateRecording.Channels.Length
            && counters.FactsProduced == counters.FactsAcknowledged),
        () => $"{rows} rows of each device are to be archived");

    /// <summary>Until every device answers with the model.</summary>
    /// <param name="live">Something for the devices to live through, again and again: a model is tried out on rows that come now.</param>
    public static async Task RollOutAsync(HubFixture hub, IReadOnlyList<LiveAgent> agents, string digest, Func<Task> live)
    {
        var rollout = await hub.Get<IRollouts>().StartAsync(
            new RolloutRequest { Digest = digest, RequestedBy = "test", Reason = "test", Groups = [new GroupPlan("full", Share: 1)],
                Gate = new GatePolicy { MinimumWindows = 50 } }, default);
        await Eventually.HoldsAsync(
            async () =>
            {
                await live();
                return (await hub.Get<IRollouts>().FindAsync(rollout.RolloutId, default))!.State is "completed" or "restored";
            },
            () => $"rollout {rollout.RolloutId} is to end");
        var ended = (await hub.Get<IRollouts>().FindAsync(rollout.RolloutId, default))!;
        Assert.True(ended.State == "completed", string.Join("; ", ended.Transitions.Select(transition => transition.Reason)));
        Assert.All(await OfAsync(hub, agents), device => Assert.Equal(digest, device.Reported?.ActiveDigest));
    }

    public static async Task<TrainingRunView> TrainAsync(HubFixture hub, TrainingRequest request)
    {
        var runId = await hub.Get<ITrainingRuns>().StartAsync(request, default);
        await Eventually.HoldsAsync(
            async () => RunStates.HasEnded((await hub.Get<ITrainingRuns>().RunAsync(runId, default))!.State), () => $"training run {runId} is to end");
        return (await hub.Get<ITrainingRuns>().RunAsync(runId, default))!;
    }

    private static async Task<IEnumerable<DeviceView>> OfAsync(HubFixture hub, IReadOnlyList<LiveAgent> agents) =>
        (await hub.Get<IFleet>().DevicesAsync(default)).Where(device => agents.Any(agent => agent.Id == device.DeviceId));
}
