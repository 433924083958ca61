using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Bus;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;

namespace Hmas.Benchmarks.Hub;

/// <summary>Does a rollout in five groups over very many devices complete on this machine, how long does the third group take
/// from the verdict to its last assignment, and what does a device cost in memory?</summary>
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
        var (old, next) = (await hub.AddModelAsync(1), await hub.AddModelAsync(2));
        var before = Used();
        var agents = await hub.JoinAsync(devices, old.Digest);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"a device takes {(Used() - before) / (double)devices:0} bytes in this process: its own state and the hub's entry for it"));
        await EachAsync(agents, static (agent, _) => agent.BeBornAsync(), hub.Stopping);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"with its twin active in the hub {(Used() - before) / (double)devices:0} bytes"));

        var moves = new List<(long At, RolloutTransitioned Move)>();
        var (clock, began, cpu) = (Stopwatch.StartNew(), Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        using var subscription = hub.Get<EventBus>().Subscribe("benchmark", static happened => happened is RolloutTransitioned);
        var listening = Task.Run(async () =>
        {
            await foreach (var happened in subscription.Events.ReadAllAsync())
            {
                var move = (RolloutTransitioned)happened;
                lock (moves) moves.Add((Stopwatch.GetTimestamp(), move));
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{clock.Elapsed.TotalSeconds,7:0.0} s, {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds,7:0.0} s of processor  {move.Group}: {move.From} to {move.To}: {move.Reason}"));
            }
        });
        var third = devices / 5;
        var request = new RolloutRequest
        {
            Digest = next.Digest, RequestedBy = "benchmark", Reason = "because", ControlShare = 0.01, Gate = new GatePolicy { MaximumWait = Deadline },
            Groups = [
                new("canary", Count: devices / 100), new("early", Count: devices / 10), new("third", Count: third), new("most", 0.4), new("rest")],
        };
        var view = await hub.Get<IRollouts>().StartAsync(request, default);
        var thirdDevices = view.Groups[2].Devices.Select(static device => device.DeviceId).ToHashSet(StringComparer.Ordinal);
        var inThird = agents.Where(agent => thirdDevices.Contains(agent.DeviceId)).ToArray();
        for (var turn = 0; clock.Elapsed < Deadline; turn++)
        {
            lock (moves)
            {
                if (moves.Exists(static seen => seen.Move.To is RolloutState.Completed or RolloutState.Restoring)) break;
            }

            await EachAsync(agents, (agent, i) => agent.TurnAsync(((i / SimulatedHub.Sites) + turn) % Workload == 0), hub.Stopping);
        }

        subscription.Dispose();
        await listening;
        if (moves.Find(static seen => seen.Move.Group == "early" && seen.Move.To == GroupState.Passed) is { Move: not null } passed
            && Array.TrueForAll(inThird, static agent => agent.Heard > 0))
        {
            var seconds = Stopwatch.GetElapsedTime(passed.At, inThird.Max(static agent => agent.HeardAt)).TotalSeconds;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"from the verdict on the second group to the last of {inThird.Length} devices of the third: {seconds:0.00} s, while all others report"));
        }

        var moved = agents.Count(agent => agent.Active == next.Digest);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{moved} of {devices} devices answer with the new model ({devices - moved} are control); resident {Environment.WorkingSet / 1e6:0} MB, {Environment.WorkingSet / (double)devices:0} bytes a device with everything"));
        return moves.Exists(static seen => seen.Move.To == RolloutState.Completed) ? 0 : 1;
    }

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
