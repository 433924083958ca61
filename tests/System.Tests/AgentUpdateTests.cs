using System.Globalization;
using System.Security.Cryptography;
using Edge.Sensors.Simulation;
using Hmas.Contracts.Artefacts;
using Hmas.Testing;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Site;
using Operator.Cli.Hub;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>Devices that update their own program in rollouts of the published hub: the launcher, two
/// installs, the health window, and kills at every step of it.</summary>
public sealed class AgentUpdateTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const string Name = "agent";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>What the agent's log says on the way of an install, in order.</summary>
    private static readonly string[] Steps = ["Downloading", "Verified", "Probed", "Active", "Committed"];

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _published = File.ReadAllBytes(Path.Combine(Repository.Root, "artifacts/publish/agent/hmas-agent"));
    private DemoSite _site = null!;
    private Task _playing = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        var options = new DemoOptions { Root = new DirectoryInfo(
            Repository.Root), WorkFolder = _folder.Path, Devices = 2, Speed = 100, PortOffset = FreePorts.HubOffset() };
        SimulatedSite.WriteRecordings(Path.Combine(_folder.Path, "recordings"), seed: 1);
        var recordings = RecordingSet.Read("simulated", Path.Combine(_folder.Path, "recordings"), devices: 2).Training;
        _site = new DemoSite(options, TimeProvider.System);
        await _site.StartHubAsync("reasoning:\n  runsForFirstModel: 1000000\n", default);
        await _site.FetchTrustAsync(default);
        foreach (var device in _site.Devices) await _site.StartDeviceAsync(device, default);
        _playing = new Conductor(_site, TimeProvider.System).KeepPlayingAsync(recordings, _stop.Token, default);
        // It stays whatever becomes of the programs.
        var onnx = FixturePackage.Onnx("half");
        var model = await _site.Api.AddModelAsync(FixturePackage.Manifest(1, onnx) with { Channels = ["Current", "Pressure"] }, onnx, default);
        await CompletedAsync(await StartAsync(model.Digest, "a model to begin with"));
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _playing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await _site.DisposeAsync();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Agents_that_are_killed_at_every_step_of_their_own_update_end_with_the_new_program_and_take_the_next()
    {
        var seed = Environment.TickCount ^ Environment.ProcessId;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var kills = Steps.ToDictionary(static step => step, static _ => 0);
        await AddAsync(_published, 1);
        for (var release = 2L; release < 2 + Steps.Length; release++)
        {
            var (digest, _) = await AddAsync(Build(release, random), release);
            var rollout = await StartAsync(digest, $"release {release}");
            // Two kills a device: a third start that does not live to the commit would rightly be given up.
            var step = Steps[(int)(release - 2)];
            await Task.WhenAll(_site.Devices.Select(async (device, i) =>
            {
                await SaidAsync(device, $"{digest}: {step}");
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(i == 0 ? 20 : 400)), TimeProvider.System);
                await _site.CrashDeviceAsync(device);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300)), TimeProvider.System);
                await _site.CrashDeviceAsync(device);
                lock (kills) kills[step] += 2;
            }));
            await CompletedAsync(rollout);
            foreach (var device in _site.Devices) await RunsAsync(device, digest);
        }

        output.WriteLine($"{kills.Values.Sum()} kills: {string.Join(", ", kills.Select(static kill => $"{kill.Value} after {kill.Key}"))}");
        var deltas = _site.Devices.SelectMany(LogOf).Where(static line => line.Contains("came as a delta", StringComparison.Ordinal)).ToList();
        output.WriteLine($"{deltas.Count} of {_site.Devices.Count * Steps.Length} programs came as a difference, the last: {deltas.LastOrDefault()}");
        Assert.NotEmpty(deltas);
    }

    [Fact]
    public async Task A_program_that_does_not_live_is_left_for_the_one_before_by_itself_and_a_healthy_one_that_is_taken_back_goes()
    {
        var random = new Random(1);
        var (good, _) = await AddAsync(Build(2, random), 2);
        await CompletedAsync(await StartAsync(good, "release 2"));

        // It passes its check and ends whenever it is run.
        var (bad, _) = await AddAsync("#!/bin/sh\n[ \"$1\" = check ] && exit 0\nexit 1\n"u8.ToArray(), 3);
        var ended = await EndedAsync(await StartAsync(bad, "release 3"));
        Assert.Equal("restored", ended.State);
        foreach (var device in _site.Devices)
        {
            await RunsAsync(device, good);
            Assert.Contains(LogOf(device), line => line.Contains($"{bad}: Returned health", StringComparison.Ordinal));
        }

        // A person takes back what is healthy: the device returns to the program before, not only to the model that the hub names.
        var (healthy, _) = await AddAsync(Build(4, random), 4);
        var rollout = await StartAsync(healthy, "release 4", minimumHealthyTime: "00:20:00");
        foreach (var device in _site.Devices) await RunsAsync(device, healthy);
        await _site.Api.OrderAsync(rollout, "restore", default);
        Assert.Equal("restored", (await EndedAsync(rollout)).State);
        foreach (var device in _site.Devices) await RunsAsync(device, good);
    }

    /// <summary>The published program as another build of it would be: it runs as well and has another digest.</summary>
    private byte[] Build(long release, Random random)
    {
        var tail = new byte[256];
        random.NextBytes(tail);
        return [.. _published, .. global::System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"release {release}")),
            .. tail];
    }

    private async Task<(string Digest, long Bytes)> AddAsync(byte[] program, long release)
    {
        var added = await _site.Api.AddArtefactAsync(ArtefactKind.Agent, Name, release, null, null, new MemoryStream(program), default);
        Assert.Equal(ArtefactDigest.Of(SHA256.HashData(program)), added.Digest);
        return (added.Digest, added.Bytes);
    }

    /// <summary>To all devices at once; what is under test is the way of the program, so that no comparison decides.</summary>
    private async Task<string> StartAsync(string digest, string reason, string minimumHealthyTime = "00:00:02")
    {
        var metrics = new[] { "model-failures", "invalid", "latency", "memory", "restarts", "alarm-rate", "shadow-alarms", "shadow-disagreement",
            "false-alarms", "error", "confidence-drift", "input-drift" };
        var limits = metrics.ToDictionary(static metric => metric, static _ => 1.0);
        var gate = new { minimumWindows = 1, minimumHealthyTime, maximumWait = "00:30:00", limits };
        var request =
            new { digest, groups = new[] { new { name = "all" } }, shadowWindows = 0, healthWindows = 5, gate, requestedBy = "test", reason };
        return (await _site.Api.StartRolloutAsync(request, default)).RolloutId;
    }

    private async Task CompletedAsync(string rollout)
    {
        var ended = await EndedAsync(rollout);
        Assert.True(
            ended.State == "completed",
            $"{ended.State}: {string.Join("; ", ended.Transitions.Select(static move => $"{move.Group} {move.To}: {move.Reason}"))}");
    }

    private async Task<RolloutAnswer> EndedAsync(string rollout)
    {
        RolloutAnswer? view = null;
        await UntilAsync(
            async () => (view = await _site.Api.RolloutAsync(rollout, default)).HasEnded,
            () => $"rollout {rollout} has not ended: {view?.State}, {string.Join("; ", view?.Devices.Select(static device => $"{device.DeviceId} {device.AnsweringDigest} {device.Reason}") ?? [])}");
        return view!;
    }

    /// <summary>Waits until the pointer is committed to this install, the hub knows, and the process is of that very file.</summary>
    private async Task RunsAsync(Device device, string digest)
    {
        var install = digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var pointer = Path.Combine(DemoSite.InstallsOf(device), "pointer");
        await UntilAsync(
            () => Task.FromResult(
                File.Exists(pointer) && File.ReadAllText(pointer) is var text && text.Contains($"active={install}\n", StringComparison.Ordinal)
                && text.Contains("committed=1", StringComparison.Ordinal)),
            () => $"{device.Id} is to run {digest}: {(File.Exists(pointer) ? File.ReadAllText(pointer) : "no pointer")}\n{string.Join('\n', LogOf(device).TakeLast(20))}");
        await UntilAsync(
            () => Task.FromResult(ProgramsOf(device).Contains(Path.Combine(DemoSite.InstallsOf(device), install, "hmas-agent"))),
            () => $"{device.Id} runs {string.Join(", ", ProgramsOf(device))}, expected {install}");
    }

    /// <summary>Files of the running processes that lie below the device's installs.</summary>
    private static List<string> ProgramsOf(Device device)
    {
        var programs = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(static folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            try
            {
                if (File.ResolveLinkTarget(Path.Combine(process, "exe"), returnFinalTarget: false)?.FullName is { } file
                    && file.StartsWith(device.Folder, StringComparison.Ordinal))
                    programs.Add(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return programs;
    }

    private Task SaidAsync(Device device, string text) =>
        UntilAsync(
            () => Task.FromResult(LogOf(device).Any(line => line.Contains(text, StringComparison.Ordinal))),
            () => $"{device.Id} did not say '{text}':\n{string.Join('\n', LogOf(device).TakeLast(30))}");

    private static IReadOnlyList<string> LogOf(Device device)
    {
        using var reader = new StreamReader(
            new FileStream(Path.Combine(device.Folder, "agent.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n');
    }

    private async Task UntilAsync(Func<Task<bool>> holds, Func<string> otherwise)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (!await holds())
        {
            _site.RequireRunning();
            if (_playing.IsFaulted) await _playing;
            if (limit.IsCancellationRequested) throw new TimeoutException(otherwise());
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
