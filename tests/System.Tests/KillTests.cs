using Edge.Sensors.Simulation;
using Hmas.Testing;
using Operator.Cli.Demo;
using Operator.Cli.Hub;
using Operator.Cli.Demo.Site;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>The published programs, native agent and hub, and the broker between them, killed at random while facts flow.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 100;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(2);

    /// <summary>The embedded broker dies with the hub; a broker of its own dies alone.</summary>
    [Theory]
    [InlineData(BrokerKind.Embedded)]
    [InlineData(BrokerKind.Mosquitto)]
    public async Task No_fact_is_lost_or_stored_twice_while_agents_hub_and_broker_are_killed(BrokerKind kind)
    {
        var seed = Environment.TickCount ^ Environment.ProcessId;
        output.WriteLine($"seed {seed}");
        using var folder = new TempFolder();
        var options = new DemoOptions { Root = new DirectoryInfo(Repository.Root), WorkFolder = folder.Path, Devices = 2, Speed = 300, PortOffset = FreePorts.HubOffset() };
        SimulatedSite.WriteRecordings(Path.Combine(folder.Path, "recordings"), seed: 1);
        var recordings = RecordingSet.Read("simulated", Path.Combine(folder.Path, "recordings"), devices: 2).Training;
        await using var broker = kind == BrokerKind.Embedded ? null : new MosquittoFixture { Port = options.MqttPort };
        if (broker is not null) await broker.StartAsync();
        await using var site = new DemoSite(options, TimeProvider.System);
        await site.StartHubAsync("reasoning:\n  runsForFirstModel: 1000000\n" + (broker is null ? "" : $"communication:\n  broker: {broker.Address}\n"), default);
        await site.FetchTrustAsync(default);
        foreach (var device in site.Devices) await site.StartDeviceAsync(device, default);

        // A hub needs seconds to come up, a broker of its own does not.
        var calm = broker is null ? 4_000 : 1_500;
        await Task.WhenAll(
            KillAsync(new Random(seed), calm, async random =>
            {
                foreach (var device in site.Devices) KeepBusy(device, recordings, random);
                await site.CrashDeviceAsync(site.Devices[random.Next(site.Devices.Count)]);
            }),
            KillAsync(new Random(seed + 1), calm, async _ =>
            {
                if (broker is null)
                {
                    await site.CrashHubAsync();
                    return;
                }

                await broker.KillAsync();
                await broker.StartAsync();
            }));
        await site.HubAnswersAsync(default);

        var (produced, archive) = await DrainAsync(site);
        output.WriteLine($"{2 * Kills} kills; {produced} facts produced, {archive.Facts} stored, {archive.Repeats} repeats dropped");
        Assert.True(produced > Kills, $"only {produced} facts were produced");
        var contiguous = archive.Devices.Sum(device => device.Sequence);
        Assert.Equal(produced, contiguous);
        Assert.Equal(contiguous, archive.Facts + archive.Evicted);
    }

    /// <summary>Mostly in quick succession, in the middle of a start; at times after long enough that work goes on.</summary>
    /// <param name="calmMs">Longest pause, milliseconds.</param>
    private static async Task KillAsync(Random random, int calmMs, Func<Random, Task> kill)
    {
        for (var i = 0; i < Kills; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(3) > 0 ? random.Next(50, 500) : random.Next(calmMs / 2, calmMs)), TimeProvider.System);
            await kill(random);
        }
    }

    private static void KeepBusy(Device device, IReadOnlyList<Recording> recordings, Random random)
    {
        if (device.BusyUntil < TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(10)) device.Play(recordings[random.Next(recordings.Count)], Purposes.Training);
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
