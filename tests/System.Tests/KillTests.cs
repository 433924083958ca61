using Edge.Sensors.Simulation;
using Hmas.Testing;
using Operator.Cli.Demo;
using Operator.Cli.Hub;
using Operator.Cli.Demo.Site;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>The published programs, native agent and hub, and the broker between them, killed at random while facts flow.</summary>
public abstract class KillTests(ITestOutputHelper output, BrokerKind kind)
{
    /// <summary>Of each: of agents, hub, and a broker that is not the hub's own.</summary>
    private const int Kills = 100;

    /// <summary>The least an outbox may be given: a hub that is down more often than up lets it run full.</summary>
    private const long OutboxBytes = 4 << 20;

    [Fact]
    public async Task No_fact_is_lost_reordered_or_stored_twice_while_agents_hub_and_broker_are_killed()
    {
        var seed = Seed.Next();
        output.WriteLine($"seed {seed}");
        using var folder = new TempFolder();
        var options = new DemoOptions { Root = new DirectoryInfo(
            Repository.Root), WorkFolder = folder.Path, Devices = 2, Speed = 300, PortOffset = FreePorts.HubOffset() };
        SimulatedSite.WriteRecordings(Path.Combine(folder.Path, "recordings"), seed: 1);
        var recordings = RecordingSet.Read("simulated", Path.Combine(folder.Path, "recordings"), devices: 2).Training;
        await using var broker = kind == BrokerKind.Embedded ? null : new MosquittoFixture { Port = options.MqttPort };
        if (broker is not null) await broker.StartAsync();
        await using var site = new DemoSite(options, TimeProvider.System);
        await site.StartHubAsync(
            "reasoning:\n  runsForFirstModel: 1000000\n" + (broker is null ? "" : $"communication:\n  broker: {broker.Address}\n"), default);
        await site.FetchTrustAsync(default);
        foreach (var device in site.Devices) await site.StartDeviceAsync(device, default, $"outbox:\n  maxBytes: {OutboxBytes}\n");

        // A hub needs seconds to come up, a broker of its own does not; an agent is killed as often as the slowest of them.
        const int HubCalmMs = 4_000;
        var largest = 0L;
        var last = new Dictionary<Device, PlayedRun>();
        List<Task> killers =
        [
            KillAsync(new Random(seed), Kills, HubCalmMs, async random =>
            {
                foreach (var device in site.Devices) KeepBusy(device, last, recordings, random);
                await site.CrashDeviceAsync(site.Devices[random.Next(site.Devices.Count)]);
                largest = Math.Max(largest, site.Devices.Max(OutboxSize));
            }),
            KillAsync(new Random(seed + 1), Kills, HubCalmMs, _ => site.CrashHubAsync()),
        ];
        if (broker is not null)
        {
            killers.Add(KillAsync(new Random(seed + 2), Kills, HubCalmMs, async _ =>
            {
                await broker.KillAsync();
                await broker.StartAsync();
            }));
        }

        await Task.WhenAll(killers);
        await site.HubAnswersAsync(default);

        var (produced, archive) = await DrainAsync(site);
        output.WriteLine(
            $"{killers.Count} x {Kills} kills; {produced} facts produced, {archive.Facts} stored, {archive.Evicted} given up by devices, {archive.Repeats} repeats dropped; largest outbox {largest} of {OutboxBytes} bytes");
        Assert.True(produced > Kills, $"only {produced} facts were produced");
        Assert.InRange(largest, 1, OutboxBytes);
        Assert.Equal(produced, archive.Devices.Sum(device => device.Sequence));
        var streams = ArchivedRows.Read(Path.Combine(site.HubFolder, "memory.db"));
        Assert.Equal(site.Devices.Count, streams.Count);
        Assert.All(streams, RequireWhole);
    }

    /// <summary>Every sequence is there once or was given up, and each table has them in the device's order.</summary>
    private static void RequireWhole(ArchivedRows rows)
    {
        foreach (var sequences in new[] { rows.Experiences, rows.Facts })
        {
            var wrong = sequences.Zip(sequences.Skip(1)).FirstOrDefault(static pair => pair.Second <= pair.First);
            Assert.True(wrong == default, $"{rows.DeviceId}: {wrong.Second} was stored after {wrong.First}");
        }

        var all = rows.Experiences.Concat(rows.Facts).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(all, sequence => Assert.InRange(sequence, 1, rows.LastSequence));
        Assert.True(
            all.Count + rows.Evicted == rows.LastSequence, $"{rows.DeviceId}: {all.Count} rows and {rows.Evicted} given up of {rows.LastSequence}");
    }

    private static long OutboxSize(Device device) =>
        new[] { "outbox.db", "outbox.db-wal" }.Sum(name => new FileInfo(Path.Combine(device.Folder, "state", name)) is { Exists: true } file
            ? file.Length : 0);

    /// <summary>Mostly in quick succession, in the middle of a start; at times after long enough that work goes on.</summary>
    /// <param name="calmMs">Longest pause, milliseconds.</param>
    private static async Task KillAsync(Random random, int kills, int calmMs, Func<Random, Task> kill)
    {
        for (var i = 0; i < kills; i++)
        {
            await Task.Delay(
                TimeSpan.FromMilliseconds(random.Next(3) > 0 ? random.Next(50, 500) : random.Next(calmMs / 2, calmMs)), TimeProvider.System);
            await kill(random);
        }
    }

    /// <summary>Gives a device another recording once it has begun with the last: one that is killed again and again
    /// is slow, and must not have hours left when the killing ends.</summary>
    private static void KeepBusy(Device device, Dictionary<Device, PlayedRun> last, IReadOnlyList<Recording> recordings, Random random)
    {
        if (last.TryGetValue(device, out var run) && device.Decisions(run).Answered == 0) return;
        last[device] = device.Play(recordings[random.Next(recordings.Count)], Purposes.Training);
    }

    /// <summary>Waits until the archive holds what the devices' counters say they produced, and they know it.</summary>
    private static async Task<(long Produced, ArchiveAnswer Archive)> DrainAsync(DemoSite site)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        while (true)
        {
            site.RequireRunning();
            var devices = await site.Api.DevicesAsync(default);
            var archive = await site.Api.ArchiveAsync(default);
            var counters = devices.Select(device => device.Reported?.Counters).ToArray();
            var produced = counters.Sum(counter => counter?.FactsProduced ?? 0);
            if (devices.All(device => device is { Online: true, Reported: not null }) && produced > 0
                && produced == counters.Sum(counter => counter?.FactsAcknowledged ?? 0) && produced == archive.Devices.Sum(device => device.Sequence))
                return (produced, archive);
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"not drained in {Eventually.Limit}: {string.Join("; ", devices.Select(device => Describe(device, archive)))}");
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }
    }

    private static string Describe(DeviceAnswer device, ArchiveAnswer archive)
    {
        var counters = device.Reported?.Counters;
        var stored = archive.Devices.Where(stored => stored.DeviceId == device.DeviceId).Select(stored => stored.Sequence);
        return $"{device.DeviceId} {(device.Online ? "online" : "offline")}, session {device.Reported?.Session}: {counters?.FactsProduced} produced, {counters?.FactsAcknowledged} acknowledged, archived up to {string.Join(" and ", stored)}";
    }
}
