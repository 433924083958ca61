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
        var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        // As after earlier rollouts: everybody has a desired state.
        var before = (await fleet.DevicesAsync(default)).ToDictionary(
            static device => device.DeviceId,
            _ => (Hmas.Contracts.Twins.ModelAssignment?)new() { Digest = old.Digest, Name = "pump", Release = 1, PackageBytes = old.PackageBytes,
                Url = "/artefacts/" + old.Digest });
        await fleet.SetModelsAsync(before, hub.Stopping);
        Say(clock, cpu, "set up: a desired state for each device");
        await RestAsync(hub.Stopping);

        (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await fleet.DevicesAsync(default);
        Say(clock, cpu, "look at the whole fleet");

        (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var request = new RolloutRequest { Digest = next.Digest, RequestedBy = "benchmark", Reason = "because",
            Where = "site = site-* and not tag.stage = test", Groups = [new("all")] };
        var view = await hub.Get<IRollouts>().StartAsync(request, default);
        Say(clock, cpu, string.Create(CultureInfo.InvariantCulture, $"the rollout of {view.Groups[0].Devices.Count} devices is on disk"));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        // One after the other: to ask for all of them again and again would be work of its own.
        foreach (var device in view.Groups[0].Devices)
        {
            while ((await fleet.DeviceAsync(device.DeviceId, default))!.Desired?.Model is not { } model || model.RolloutId != view.RolloutId)
                await poll.WaitForNextTickAsync(hub.Stopping);
        }

        Say(clock, cpu, "every one is assigned");
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

    /// <summary>The processor's time beside the wall's: on a machine with other work the first one says what the hub does.</summary>
    private static void Say(Stopwatch clock, TimeSpan cpu, string what) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{clock.Elapsed.TotalSeconds,7:0.00} s, {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds,6:0.00} s of processor  {what}"));
}
