using System.Globalization;
using System.Security.Cryptography;
using Hmas.Contracts.Artefacts;
using Hmas.Testing;
using Operator.Cli.Demo.Site;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>Devices that update their own program in rollouts of the published hub: the launcher, two
/// installs, the health window, and kills at every step of it.</summary>
public sealed class AgentUpdateTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Name = "agent";

    /// <summary>What the agent's log says on the way of an install, in order.</summary>
    private static readonly string[] Steps = ["Downloading", "Verified", "Probed", "Active", "Committed"];

    private readonly byte[] _published = File.ReadAllBytes(Path.Combine(Repository.Root, "artifacts/publish/agent/hmas-agent"));
    private PlayingSite _playing = null!;

    private DemoSite Site => _playing.Site;

    public async Task InitializeAsync()
    {
        _playing = await PlayingSite.StartAsync(devices: 2);
        await _playing.PlayAsync(static () => "");
        // It stays whatever becomes of the programs.
        var model = await _playing.AddModelAsync(FixturePackage.Onnx("half"));
        await _playing.CompletedAsync(await StartAsync(model));
    }

    public async Task DisposeAsync()
    {
        // Null when it did not even begin.
        if (_playing is not null) await _playing.DisposeAsync();
    }

    [Fact]
    public async Task Agents_that_are_killed_at_every_step_of_their_own_update_end_with_the_new_program_and_take_the_next()
    {
        var seed = Seed.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var kills = Steps.ToDictionary(static step => step, static _ => 0);
        await AddAsync(_published, 1);
        for (var release = 2L; release < 2 + Steps.Length; release++)
        {
            var (digest, _) = await AddAsync(Build(release, random), release);
            var rollout = await StartAsync(digest);
            // Two kills a device: a third start that does not live to the commit would rightly be given up.
            var step = Steps[(int)(release - 2)];
            await Task.WhenAll(Site.Devices.Select(async (device, i) =>
            {
                await SaidAsync(device, $"{digest}: {step}");
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(i == 0 ? 20 : 400)), TimeProvider.System);
                await Site.CrashDeviceAsync(device);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300)), TimeProvider.System);
                await Site.CrashDeviceAsync(device);
                lock (kills) kills[step] += 2;
            }));
            await _playing.CompletedAsync(rollout);
            foreach (var device in Site.Devices) await RunsAsync(device, digest);
        }

        output.WriteLine($"{kills.Values.Sum()} kills: {string.Join(", ", kills.Select(static kill => $"{kill.Value} after {kill.Key}"))}");
        var deltas = Site.Devices.SelectMany(LogOf).Where(static line => line.Contains("came as a delta", StringComparison.Ordinal)).ToList();
        output.WriteLine($"{deltas.Count} of {Site.Devices.Count * Steps.Length} programs came as a difference, the last: {deltas.LastOrDefault()}");
        Assert.NotEmpty(deltas);
    }

    [Fact]
    public async Task A_program_that_does_not_live_is_left_for_the_one_before_by_itself_and_a_healthy_one_that_is_taken_back_goes()
    {
        var random = new Random(1);
        var (good, _) = await AddAsync(Build(2, random), 2);
        await _playing.CompletedAsync(await StartAsync(good));

        // It passes its check and ends whenever it is run.
        var (bad, _) = await AddAsync("#!/bin/sh\n[ \"$1\" = check ] && exit 0\nexit 1\n"u8.ToArray(), 3);
        var ended = await _playing.EndedAsync(await StartAsync(bad));
        Assert.Equal("restored", ended.State);
        foreach (var device in Site.Devices)
        {
            await RunsAsync(device, good);
            Assert.Contains(LogOf(device), line => line.Contains($"{bad}: Returned, health", StringComparison.Ordinal));
        }

        // A person takes back what is healthy: the device returns to the program before, not only to the model that the hub names.
        var (healthy, _) = await AddAsync(Build(4, random), 4);
        var rollout = await StartAsync(healthy, minimumHealthyTime: "00:20:00");
        foreach (var device in Site.Devices) await RunsAsync(device, healthy);
        await Site.Api.OrderAsync(rollout, "restore", default);
        Assert.Equal("restored", (await _playing.EndedAsync(rollout)).State);
        foreach (var device in Site.Devices) await RunsAsync(device, good);
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
        var added = await Site.Api.AddArtefactAsync(ArtefactKind.Agent, Name, release, null, null, new MemoryStream(program), default);
        Assert.Equal(ArtefactDigest.Of(SHA256.HashData(program)), added.Digest);
        return (added.Digest, added.Bytes);
    }

    /// <summary>To all devices at once; what is under test is the way of the program, so that no comparison decides.</summary>
    private Task<string> StartAsync(string digest, string minimumHealthyTime = "00:00:02") =>
        _playing.BeginAsync(digest, [], minimumHealthyTime, new { name = "all" });

    /// <summary>Waits until the pointer is committed to this install, the hub knows, and the process is of that very file.</summary>
    private async Task RunsAsync(Device device, string digest)
    {
        var install = digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var pointer = Path.Combine(DemoSite.InstallsOf(device), "pointer");
        await _playing.UntilAsync(
            () => Task.FromResult(
                File.Exists(pointer) && File.ReadAllText(pointer) is var text && text.Contains($"active={install}\n", StringComparison.Ordinal)
                && text.Contains("committed=1", StringComparison.Ordinal)),
            () => $"{device.Id} is to run {digest}: {(File.Exists(pointer) ? File.ReadAllText(pointer) : "no pointer")}\n{string.Join('\n', LogOf(device).TakeLast(20))}");
        await _playing.UntilAsync(
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
        _playing.UntilAsync(
            () => Task.FromResult(LogOf(device).Any(line => line.Contains(text, StringComparison.Ordinal))),
            () => $"{device.Id} did not say '{text}':\n{string.Join('\n', LogOf(device).TakeLast(30))}");

    private static IReadOnlyList<string> LogOf(Device device)
    {
        using var reader = new StreamReader(
            new FileStream(Path.Combine(device.Folder, "agent.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n');
    }
}
