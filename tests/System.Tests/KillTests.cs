using Edge.Sensors.Simulation;
using Hmas.Testing;
using Hmas.Trust;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Hub;
using Operator.Cli.Demo.Site;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>The published programs, native agent and hub, killed at random while facts flow.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int AgentKills = 100;
    private const int HubKills = 12;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task No_fact_is_lost_or_stored_twice_while_agents_and_hub_are_killed()
    {
        var seed = Environment.TickCount ^ Environment.ProcessId;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var folder = new TempFolder();
        var options = new DemoOptions { Root = new DirectoryInfo(Repository.Root), WorkFolder = folder.Path, Devices = 2, Speed = 300, PortOffset = FreePorts.HubOffset() };
        SimulatedSite.WriteRecordings(Path.Combine(folder.Path, "recordings"), seed: 1);
        var recordings = RecordingSet.Read("simulated", Path.Combine(folder.Path, "recordings"), devices: 2);
        await using var site = new DemoSite(options, TimeProvider.System);
        await site.StartHubAsync("reasoning:\n  runsForFirstModel: 1000000\n", default);
        using var key = SigningKey.Create();
        PublicKeyFile.Write(site.TrustedKeysFile, [key.PublicKey]);
        foreach (var device in site.Devices)
        {
            foreach (var recording in recordings.Training) device.Play(recording, Purposes.Training);
            await site.StartDeviceAsync(device, default);
        }

        for (var kill = 1; kill <= AgentKills; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 500)), TimeProvider.System);
            await site.CrashDeviceAsync(site.Devices[random.Next(site.Devices.Count)]);
            if (kill % (AgentKills / HubKills) == 0) await site.CrashHubAsync(default);
        }

        var (produced, archive) = await DrainAsync(site);
        output.WriteLine($"{produced} facts produced, {archive.Facts} stored, {archive.Repeats} repeats dropped");
        Assert.True(produced > AgentKills, $"only {produced} facts were produced");
        var contiguous = archive.Devices.Sum(device => device.Sequence);
        Assert.Equal(produced, contiguous);
        Assert.Equal(contiguous, archive.Facts + archive.Evicted);
    }

    /// <summary>Waits until the archive holds what the devices' counters say they produced, and they know it.</summary>
    private static async Task<(long Produced, ArchiveAnswer Archive)> DrainAsync(DemoSite site)
    {
        using var limit = new CancellationTokenSource(DrainLimit, TimeProvider.System);
        while (true)
        {
            site.RequireRunning();
            var devices = await site.Api.DevicesAsync(limit.Token);
            var archive = await site.Api.ArchiveAsync(limit.Token);
            var counters = devices.Select(device => device.Reported?.Counters).ToArray();
            var produced = counters.Sum(counter => counter?.FactsProduced ?? 0);
            if (devices.All(device => device is { Online: true, Reported: not null }) && produced > 0
                && produced == counters.Sum(counter => counter?.FactsAcknowledged ?? 0) && produced == archive.Devices.Sum(device => device.Sequence))
                return (produced, archive);
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, limit.Token);
        }
    }
}
