using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Trust;

namespace Hmas.Benchmarks.Hub;

/// <summary>How long a hub takes from the request of a rollout until each of very many devices is assigned: query, groups, the
/// rollout's own state, what the director says and the desired state all on disk.</summary>
internal static class RolloutAssign
{
    private const int OneIn = 100;

    public static async Task<int> RunAsync(int devices)
    {
        await using var hub = new SimulatedHub(isBrokerReal: true);
        await hub.StartAsync();
        var (old, next) = (await hub.AddModelAsync(1), await hub.AddModelAsync(2));
        await hub.JoinAsync(devices, old.Digest);
        var fleet = hub.Get<IFleet>();
        var from = Used.Now;
        // As after earlier rollouts: everybody has a desired state.
        var before = (await fleet.DevicesAsync(default)).ToDictionary(
            static device => device.DeviceId,
            _ => (Hmas.Contracts.Twins.ModelAssignment?)new() { Digest = old.Digest, Name = "pump", Release = 1, PackageBytes = old.PackageBytes,
                Url = "/artefacts/" + old.Digest });
        await fleet.SetModelsAsync(before, hub.Stopping);
        Say(from, "set up: a desired state for each device");
        await RestAsync(hub.Stopping);

        from = Used.Now;
        await fleet.DevicesAsync(default);
        Say(from, "look at the whole fleet");

        from = Used.Now;
        var request = new RolloutRequest { Digest = next.Digest, RequestedBy = "benchmark", Reason = "because",
            Where = "site = site-* and not tag.stage = test", Groups = [new("all")] };
        var view = await hub.Get<IRollouts>().StartAsync(request, default);
        Say(from, string.Create(CultureInfo.InvariantCulture, $"the rollout of {view.Groups[0].Devices.Count} devices is on disk"));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        // One after the other: to ask for all of them again and again would be work of its own.
        foreach (var device in view.Groups[0].Devices)
        {
            while ((await fleet.DeviceAsync(device.DeviceId, default))!.Desired?.Model is not { } model || model.RolloutId != view.RolloutId)
                await poll.WaitForNextTickAsync(hub.Stopping);
        }

        Say(from, "every one is assigned");
        var assigned = (await fleet.DevicesAsync(default)).Count(device => device.Desired?.Model?.Digest == next.Digest);
        // The director's files are signed when they are asked for: one in a hundred is read back.
        var sample = view.Groups[0].Devices.Where(static (_, i) => i % OneIn == 0).ToArray();
        var directed = 0;
        foreach (var device in sample)
        {
            if (await hub.Get<Director>().FileAsync(device.DeviceId, "1.targets.json", default) is not null) directed++;
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{assigned} of {devices} desired states name the new model, {directed} of {sample.Length} statements of the director are there; resident {Environment.WorkingSet / 1e6:0} MB"));
        return assigned == devices && directed == sample.Length ? 0 : 1;
    }

    /// <summary>Until the set-up is behind the hub, what it tells the broker too: it works less than a tenth of the time.</summary>
    private static async Task RestAsync(CancellationToken stopping)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        TimeSpan before, now = Environment.CpuUsage.TotalTime;
        do
        {
            await pause.WaitForNextTickAsync(stopping);
            (before, now) = (now, Environment.CpuUsage.TotalTime);
        }
        while ((now - before).TotalSeconds > 0.1);
    }

    /// <summary>The processor's time and what was allocated beside the wall's time: with other work on the machine these say what
    /// the hub does.</summary>
    private static void Say(Used from, string what)
    {
        var now = Used.Now;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Stopwatch.GetElapsedTime(from.Clock, now.Clock).TotalSeconds,7:0.00} s, {(now.Processor - from.Processor).TotalSeconds,6:0.00} s of processor, {(now.Allocated - from.Allocated) / 1e6,5:0} MB allocated, {now.Collections - from.Collections,3} collections  {what}"));
    }

    private readonly record struct Used(long Clock, TimeSpan Processor, long Allocated, int Collections)
    {
        public static Used Now => new(
            Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));
    }
}
