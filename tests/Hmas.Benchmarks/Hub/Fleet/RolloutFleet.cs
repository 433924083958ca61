using System.Globalization;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;

namespace Hmas.Benchmarks.Hub.Fleet;

/// <summary>Does a rollout in five groups over very many devices complete on this machine, how long does a group take from the
/// verdict on the one before to its last assignment, and what does a device cost in memory?</summary>
/// <remarks>The hub's clock is the machine's. Devices have none: a turn is as long as the hub takes to hear them all.</remarks>
internal static class RolloutFleet
{
    private const int Workers = 64;

    /// <summary>A device shows evidence each so many turns, all of them in turn: more at once would measure the archive.</summary>
    private const int Workload = 50;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(60);

    public static async Task<int> RunAsync(int devices)
    {
        await using var hub = new SimulatedHub(isBrokerReal: false);
        await hub.StartAsync();
        var before = Used();
        var isDone = await RollOutAsync(hub, devices);
        // Off the stack of what has just ended: the broker alone holds the simulated devices then, and what goes with it was theirs.
        await Task.Yield();
        var whole = Used();
        hub.Broker.ForgetAll();
        var simulated = whole - Used();
        Say(
            $"a device takes {(whole - before - simulated) / (double)devices:0} managed bytes in the hub and {simulated / (double)devices:0} in the simulator; the process holds {Environment.WorkingSet / 1e6:0} MB, {Environment.WorkingSet / (double)devices:0} bytes a device");
        return isDone ? 0 : 1;
    }

    private static async Task<bool> RollOutAsync(SimulatedHub hub, int devices)
    {
        var (old, next) = (await hub.AddModelAsync(1), await hub.AddModelAsync(2));
        var before = Used();
        var agents = await hub.JoinAsync(devices, old.Digest);
        Say($"{devices} devices are enrolled: {(Used() - before) / (double)devices:0} bytes each, their own state and the hub's entry");
        await EachAsync(agents, static (agent, _) => agent.BeBornAsync(), hub.Stopping);
        Say($"they have reported: {(Used() - before) / (double)devices:0} bytes each, with their twins active in the hub");
        var request = new RolloutRequest
        {
            Digest = next.Digest, RequestedBy = "benchmark", Reason = "because", ControlShare = 0.01, Gate = new GatePolicy { MaximumWait = Deadline },
            Groups = [
                new("canary", Count: devices / 100), new("early", Count: devices / 10), new("third", Count: devices / 5), new("most", 0.4),
                new("rest")],
        };
        await using var watch = FleetWatch.Begin(hub, agents, next.Digest);
        var view = await hub.Get<IRollouts>().StartAsync(request, hub.Stopping);
        watch.Follow(view);
        for (var turn = 0; watch.Elapsed < Deadline && !watch.HasEnded; turn++)
        {
            await EachAsync(agents, (agent, i) => agent.TurnAsync(((i / SimulatedHub.Sites) + turn) % Workload == 0), hub.Stopping);
            watch.Turned(turn);
        }

        view = await hub.Get<IRollouts>().FindAsync(view.RolloutId, hub.Stopping);
        await watch.PrintAsync(view!);
        var moved = agents.Count(agent => agent.Active == next.Digest);
        Say($"{moved} of {devices} devices answer with the new model, {view!.ControlDevices.Count} are control; the rollout is {view.State}");
        return view.State == RolloutState.Completed && moved + view.ControlDevices.Count == devices;
    }

    private static void Say(FormattableString what) => Console.WriteLine(what.ToString(CultureInfo.InvariantCulture));

    private static long Used() => GC.GetTotalMemory(forceFullCollection: true);

    private static Task EachAsync(IReadOnlyList<SimulatedAgent> agents, Func<SimulatedAgent, int, Task> turn, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
    {
        for (var i = worker; i < agents.Count; i += Workers)
        {
            stopping.ThrowIfCancellationRequested();
            await turn(agents[i], i);
        }
    })));
}
