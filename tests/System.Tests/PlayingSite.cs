using System.Globalization;
using System.Text.RegularExpressions;
using Edge.Sensors.Simulation;
using Hmas.Contracts.Artefacts;
using Hmas.Testing;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Site;
using Operator.Cli.Hub;

namespace Hmas.System.Tests;

/// <summary>The published hub and published agents of one site that play for ever, and models to bring to them.</summary>
internal sealed partial class PlayingSite : IAsyncDisposable
{
    private static readonly string[] Metrics = ["model-failures", "invalid", "latency", "memory", "restarts", "alarm-rate", "promised-alarms",
        "shadow-alarms", "shadow-disagreement", "false-alarms", "error", "confidence-drift", "input-drift"];

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<Recording> _recordings;
    private Task _playing = Task.CompletedTask;

    private PlayingSite(int devices)
    {
        var options = new DemoOptions { Root = new DirectoryInfo(
            Repository.Root), WorkFolder = _folder.Path, Devices = devices, Speed = 100, PortOffset = FreePorts.HubOffset() };
        SimulatedSite.WriteRecordings(Path.Combine(_folder.Path, "recordings"), seed: 1);
        _recordings = RecordingSet.Read("simulated", Path.Combine(_folder.Path, "recordings"), devices).Training;
        Site = new DemoSite(options, TimeProvider.System);
    }

    public DemoSite Site { get; }

    public IReadOnlyList<Device> Devices => Site.Devices;

    /// <summary>Of many chunks.</summary>
    public byte[] Onnx { get; } = Heavy(FixturePackage.Onnx("half"), 3 << 20);

    /// <summary>Starts the hub alone.</summary>
    public static async Task<PlayingSite> StartAsync(int devices)
    {
        var site = new PlayingSite(devices);
        await site.Site.StartHubAsync("reasoning:\n  runsForFirstModel: 1000000\n", default);
        await site.Site.FetchTrustAsync(default);
        return site;
    }

    /// <summary>A file that its owner alone may read.</summary>
    public async Task<string> SecretAsync(string text)
    {
        var path = _folder.File("site-secret");
        await File.WriteAllTextAsync(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>Starts every agent with these sections of settings, and its machine.</summary>
    public async Task PlayAsync(Func<string> sections)
    {
        foreach (var device in Devices) await Site.StartDeviceAsync(device, default, sections() + "\n");
        _playing = new Conductor(Site, TimeProvider.System).KeepPlayingAsync(_recordings, _stop.Token, default);
    }

    /// <summary>Adds <see cref="Onnx"/>, or another model of two channels.</summary>
    /// <returns>Its digest.</returns>
    public async Task<string> AddModelAsync(byte[]? onnx = null)
    {
        onnx ??= Onnx;
        return (await Site.Api.AddModelAsync(FixturePackage.Manifest(1, onnx) with { Channels = ["Current", "Pressure"] }, onnx, default)).Digest;
    }

    /// <summary>Begins a rollout behind gates that are open.</summary>
    public Task<string> BeginAsync(string digest, IReadOnlyList<string> devices, params object[] groups) =>
        BeginAsync(digest, devices, "00:00:02", groups);

    /// <param name="minimumHealthyTime">Of what answers no windows.</param>
    public async Task<string> BeginAsync(string digest, IReadOnlyList<string> devices, string minimumHealthyTime, params object[] groups)
    {
        var limits = Metrics.ToDictionary(static name => name, static _ => 1.0);
        var gate = new { minimumWindows = 1, minimumHealthyTime, maximumWait = "00:30:00", limits };
        return (await Site.Api.StartRolloutAsync(
            new { digest, deviceIds = devices, groups, shadowWindows = 0, healthWindows = 5, gate, requestedBy = "test", reason = "test" },
            default)).RolloutId;
    }

    public async Task CompletedAsync(string rollout)
    {
        var ended = await EndedAsync(rollout);
        Assert.True(
            ended.State == "completed",
            $"{ended.State}: {string.Join("; ", ended.Transitions.Select(static move => $"{move.Group} {move.To}: {move.Reason}"))}");
    }

    public async Task<RolloutAnswer> EndedAsync(string rollout)
    {
        RolloutAnswer? view = null;
        await UntilAsync(
            async () => (view = await Site.Api.RolloutAsync(rollout, default)).HasEnded,
            () => $"rollout {rollout} has not ended: {view?.State}, {string.Join("; ", view?.Devices.Select(static device => $"{device.DeviceId} {device.AnsweringDigest} {device.Reason}") ?? [])}");
        return view!;
    }

    /// <summary>Asks again and again: what other processes do can be waited for in no other way.</summary>
    /// <param name="otherwise">What is said when it does not come, before the ends of the devices' logs.</param>
    public async Task UntilAsync(Func<Task<bool>> holds, Func<string>? otherwise = null)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        while (!await holds())
        {
            Site.RequireRunning();
            if (_playing.IsFaulted) await _playing;
            if (limit.IsCancellationRequested)
            {
                var logs = await Task.WhenAll(Devices.Select(LogOfAsync));
                throw new TimeoutException($"{otherwise?.Invoke()}\n{string.Join('\n', logs.Select(static log => log[^Math.Min(log.Length, 4_000)..]))}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public static string PathOf(Device device, string digest, string ending) =>
        Path.Combine(device.Folder, "state", "models", $"{ArtefactDigest.Hex(digest)}.{ending}");

    public static long LengthOf(Device device, string digest, string ending) =>
        new FileInfo(PathOf(device, digest, ending)) is { Exists: true } file ? file.Length : 0;

    public static async Task<string> LogOfAsync(Device device)
    {
        using var reader = new StreamReader(
            new FileStream(Path.Combine(device.Folder, "agent.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await reader.ReadToEndAsync();
    }

    /// <summary>What a device says of where its package came from; null: all of it from the hub.</summary>
    public static async Task<(long Near, long Own, long All)?> NearAsync(Device device)
    {
        var said = Near().Match(await LogOfAsync(device));
        return said.Success ? (Number("near"), Number("own"), Number("all")) : null;

        long Number(string name) => long.Parse(said.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _playing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await Site.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    [GeneratedRegex("Of package sha256:[0-9a-f]+ (?<near>[0-9]+) bytes came from near by and (?<own>[0-9]+) were here, of (?<all>[0-9]+)")]
    private static partial Regex Near();

    /// <summary>The same model with a long description (field 6 of an ONNX file), which makes a package of many chunks.</summary>
    private static byte[] Heavy(byte[] onnx, int bytes)
    {
        var text = new byte[bytes / 2];
        new Random(1).NextBytes(text);
        var description = global::System.Text.Encoding.ASCII.GetBytes(Convert.ToHexString(text));
        var field = new List<byte> { (6 << 3) | 2 };
        for (var length = (uint)description.Length; ; length >>= 7)
        {
            if (length < 0x80)
            {
                field.Add((byte)length);
                return [.. onnx, .. field, .. description];
            }

            field.Add((byte)(length | 0x80));
        }
    }
}
