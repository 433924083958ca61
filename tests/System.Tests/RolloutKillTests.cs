using System.Globalization;
using Hmas.Testing;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Site;
using Operator.Cli.Hub;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>The published hub, killed at random points of one rollout, from the request on; its
/// devices speak the real MQTT contract and live on.</summary>
public sealed class RolloutKillTests(ITestOutputHelper output)
{
    private const int MostKills = 8;
    private const int FewestKills = 3;
    private const int Devices = 24;

    /// <summary>Enrolled once the rollout has begun.</summary>
    private const int Late = 3;

    /// <summary>Things that devices do in a whole rollout, each: one word heard, five steps taken.</summary>
    private const int Steps = Devices * 6;

    private static readonly string[] GroupPath = ["waiting", "deploying", "observing", "passed"];

    [Fact]
    public async Task A_rollout_goes_on_where_it_was_whenever_the_hub_is_killed()
    {
        var seed = Seed.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var limit = new CancellationTokenSource(3 * Eventually.Limit, TimeProvider.System);
        using var folder = new TempFolder();
        var options = new DemoOptions { Root = new DirectoryInfo(
            Repository.Root), WorkFolder = folder.Path, Devices = 1, Speed = 1, PortOffset = FreePorts.HubOffset() };
        await using var site = new DemoSite(options, TimeProvider.System);
        await site.StartHubAsync("reasoning:\n  runsForFirstModel: 1000000\nredistribution:\n  lookInterval: 00:00:00.200\n  joinInterval: 00:00:00.200\n", limit.Token);
        var onnx = FixturePackage.Onnx("half");
        var old = (await site.Api.AddModelAsync(FixturePackage.Manifest(1, onnx), onnx, limit.Token)).Digest;
        var next = (await site.Api.AddModelAsync(FixturePackage.Manifest(2, onnx), onnx, limit.Token)).Digest;
        var (done, allowed) = (0, 0);
        var devices = new List<RolloutDevice>();
        try
        {
            for (var i = 0; i < Devices; i++) await EnrolAsync(i);
            while ((await site.Api.DevicesAsync(limit.Token)).Any(device => device is not { Online: true, Reported.ActiveDigest: not null }))
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
            var id0 = (await site.Api.StartRolloutAsync(
                new
                {
                    digest = next, reason = "the hub is killed", shadowWindows = 0, healthWindows = 1, controlShare = 0.1, pace = new { devicesPerMinute = 180 },
                    groups = new object[] { new { name = "canary", count = 3 }, new { name = "stage", share = 0.3 }, new { name = "full" } },
                    gate = new { minimumWindows = 50, windowsPerEpisode = 1, maximumWait = "01:00:00" },
                },
                limit.Token)).RolloutId;

            for (var i = 0; i < Late; i++) await EnrolAsync(Devices + i);

            // Each kill waits until devices have come some steps further, or a moment: it meets the rollout
            // anywhere, and at times the hub in the middle of its start. Until the next one devices stay
            // where they are, so that no rollout ends while a slow machine starts its hub.
            var (kills, before, isOver) = (new List<DateTimeOffset>(), new List<string>(), false);
            while (!isOver && kills.Count < MostKills)
            {
                var until = Volatile.Read(ref done) + random.Next(1, Steps / MostKills);
                Volatile.Write(ref allowed, until);
                var (since, most) = (TimeProvider.System.GetTimestamp(), TimeSpan.FromMilliseconds(random.Next(50, 1_000)));
                while (Volatile.Read(ref done) < until && TimeProvider.System.GetElapsedTime(since) < most)
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
                kills.Add(TimeProvider.System.GetUtcNow());
                await site.CrashHubAsync();
                if (random.Next(2) == 0) continue;
                await site.HubAnswersAsync(limit.Token);
                var seen = await site.Api.RolloutAsync(id0, limit.Token);
                (before, isOver) = (Continued(before, seen), seen.HasEnded);
                output.WriteLine($"kill {kills.Count}: {Volatile.Read(ref done)} steps of devices so far; {before[^1]}");
            }

            Volatile.Write(ref allowed, int.MaxValue);
            await site.HubAnswersAsync(limit.Token);
            RolloutAnswer rollout;
            while (!(rollout = await site.Api.RolloutAsync(id0, limit.Token)).HasEnded)
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
            Continued(before, rollout);
            Assert.Equal("completed", rollout.State);
            RequireOneWalk(rollout);
            RequireToldOnce(rollout, devices, next);
            var met = kills.Count(at => at < rollout.Transitions[^1].At);
            Assert.True(met >= FewestKills, $"only {met} kills met the rollout");
            output.WriteLine(
                $"{met} kills met it before its end, {kills.Count - met} after; {rollout.Devices.Count()} devices changed, {rollout.ControlDevices.Count} kept, {rollout.Transitions.Count} transitions, none twice");
        }
        finally
        {
            foreach (var device in devices) await device.DisposeAsync();
        }

        async Task EnrolAsync(int number)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"device-{number}");
            var enrolment = await site.Api.EnrolAsync("site", id, limit.Token);
            devices.Add(new RolloutDevice(options.MqttPort, "site", id, enrolment.Password, old,
                () => Volatile.Read(ref done) < Volatile.Read(ref allowed), () => Interlocked.Increment(ref done)));
        }
    }

    /// <summary>What had happened before a kill has happened, word for word, and nothing stands before it.</summary>
    private static List<string> Continued(List<string> before, RolloutAnswer rollout)
    {
        var now =
            rollout.Transitions.Select(static move => string.Create(
                CultureInfo.InvariantCulture, $"{move.At:O} {move.Group}: {move.From} → {move.To}: {move.Reason}")).ToList();
        Assert.Equal(before, now.Take(before.Count));
        return now;
    }

    /// <summary>Each group went through its states once, after the one before it had passed.</summary>
    private static void RequireOneWalk(RolloutAnswer rollout)
    {
        var passed = DateTimeOffset.MinValue;
        foreach (var group in rollout.Groups.Where(static group => group.Name != "joined"))
        {
            var moves = rollout.Transitions.Where(move => move.Group == group.Name).ToList();
            Assert.Equal(GroupPath, moves.Select(static move => move.From).Append(moves[^1].To));
            Assert.True(moves[0].At >= passed, $"{group.Name} began before the group before it had passed");
            passed = moves[^1].At;
        }
    }

    /// <summary>Each device of a group was told of the new model once, not before its group's turn, and answers with it; those of the
    /// control were told nothing. Those that joined did once, and were told once at most, as the rollout does not wait for them.</summary>
    private static void RequireToldOnce(RolloutAnswer rollout, List<RolloutDevice> devices, string digest)
    {
        Assert.Equal(Late, rollout.Groups.Single(static group => group.Name == "joined").Devices.Count);
        foreach (var device in devices)
        {
            var told = device.Heard.Where(heard => heard.State.Model?.RolloutId == rollout.RolloutId).ToList();
            if (rollout.ControlDevices.Contains(device.DeviceId))
            {
                Assert.Empty(told);
                continue;
            }

            var group = rollout.Groups.Single(group => group.Devices.Any(one => one.DeviceId == device.DeviceId));
            if (told.Count == 0 && group.Name == "joined") continue;
            Assert.True(
                told.Count == 1,
                $"{device.DeviceId} was told {told.Count} times: versions {string.Join(", ", told.Select(static heard => heard.State.Version))}");
            Assert.Equal(digest, told[0].State.Model!.Digest);
            Assert.True(
                told[0].At >= rollout.Transitions.First(move => move.Group == group.Name).At,
                $"{device.DeviceId} of {group.Name} was told before its group's turn");
            if (group.Name != "joined") Assert.Equal(digest, device.Active);
        }
    }
}
