using System.Globalization;
using System.Text.RegularExpressions;
using Edge.Sensors.Simulation;
using Hmas.Contracts.Artefacts;
using Hmas.Testing;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Site;
using Operator.Cli.Hub;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>Two published agents of one site and the published hub: the second takes a model from the first, and is killed meanwhile.</summary>
public sealed partial class PeerChunkTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
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
        var secret = _folder.File("site-secret");
        await File.WriteAllTextAsync(secret, "of this site alone\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var device in _site.Devices)
            await _site.StartDeviceAsync(device, default, string.Create(CultureInfo.InvariantCulture, $"""
                peers:
                  secretFile: {secret}
                  listen: 127.0.0.1:{FreePorts.One()}
                  bytesPerSecond: {4 << 20}
                """) + "\n");
        _playing = new Conductor(_site, TimeProvider.System).KeepPlayingAsync(recordings, _stop.Token, default);
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
    public async Task A_device_takes_a_model_from_another_of_its_site_and_goes_on_after_a_kill()
    {
        var onnx = Heavy(FixturePackage.Onnx("half"), 3 << 20);
        var model = await _site.Api.AddModelAsync(FixturePackage.Manifest(1, onnx) with { Channels = ["Current", "Pressure"] }, onnx, default);
        string[] metrics = ["model-failures", "invalid", "latency", "memory", "restarts", "alarm-rate", "shadow-alarms", "shadow-disagreement",
            "false-alarms", "error", "confidence-drift", "input-drift"];
        var gate = new { minimumWindows = 1, maximumWait = "00:30:00", limits = metrics.ToDictionary(static name => name, static _ => 1.0) };
        var rollout = (await _site.Api.StartRolloutAsync(
            new
            {
                digest = model.Digest, groups = new object[] { new { name = "one", count = 1 }, new { name = "all" } }, shadowWindows = 0,
                healthWindows = 5, gate, requestedBy = "test", reason = "test",
            },
            default)).RolloutId;

        // The second is the one whose package grows while the first has one.
        Device? second = null;
        long had = 0;
        await UntilAsync(() =>
        {
            second = _site.Devices.FirstOrDefault(device => _site.Devices.Any(other => other != device && LengthOf(other, model.Digest, "hmas") > 0)
                && (had = LengthOf(device, model.Digest, "part")) > onnx.Length / 4);
            return Task.FromResult(second is not null);
        });
        await _site.CrashDeviceAsync(second!);
        output.WriteLine($"{second!.Id} was killed when it had {had} bytes");
        RolloutAnswer? view = null;
        await UntilAsync(async () => (view = await _site.Api.RolloutAsync(rollout, default)).HasEnded);
        Assert.True(view!.State == "completed", $"{view.State}: {string.Join("; ", view.Transitions.Select(static move => move.Reason))}");

        var said = Near().Match(await LogOfAsync(second));
        output.WriteLine(said.Value);
        var (near, own, all) = (Number(said, "near"), Number(said, "own"), Number(said, "all"));
        // Nothing came from the hub: what was there at the kill, or a little more, and what came near by are the whole.
        Assert.Equal(0, own);
        Assert.InRange(near, all - had - (1 << 20), all - had + (64 << 10));
        Assert.DoesNotContain("is left alone", await LogOfAsync(second), StringComparison.Ordinal);
        var first = _site.Devices.Single(device => device != second);
        Assert.DoesNotMatch(Near(), await LogOfAsync(first));
        Assert.Equal(
            await File.ReadAllBytesAsync(PathOf(first, model.Digest, "hmas")), await File.ReadAllBytesAsync(PathOf(second, model.Digest, "hmas")));
    }

    [GeneratedRegex("Of package sha256:[0-9a-f]+ (?<near>[0-9]+) bytes came from near by and (?<own>[0-9]+) were here, of (?<all>[0-9]+)")]
    private static partial Regex Near();

    private static long Number(Match said, string name) => long.Parse(said.Groups[name].Value, CultureInfo.InvariantCulture);

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

    private static string PathOf(Device device, string digest, string ending) =>
        Path.Combine(device.Folder, "state", "models", $"{ArtefactDigest.Hex(digest)}.{ending}");

    private static long LengthOf(Device device, string digest, string ending) =>
        new FileInfo(PathOf(device, digest, ending)) is { Exists: true } file ? file.Length : 0;

    private static async Task<string> LogOfAsync(Device device)
    {
        using var reader = new StreamReader(
            new FileStream(Path.Combine(device.Folder, "agent.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await reader.ReadToEndAsync();
    }

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (!await holds())
        {
            _site.RequireRunning();
            if (_playing.IsFaulted) await _playing;
            if (limit.IsCancellationRequested)
                throw new TimeoutException(string.Join("\n", await Task.WhenAll(_site.Devices.Select(LogOfAsync))));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
