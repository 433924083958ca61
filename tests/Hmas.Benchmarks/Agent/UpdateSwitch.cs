using System.Diagnostics;
using System.Globalization;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Hmas.Trust;

namespace Hmas.Benchmarks.Agent;

/// <summary>How long does a device take from the last byte of a 300 KB artefact until it answers with it, and how long does Debian's
/// swupdate take to verify and install an archive of that size? In turns, in one run.</summary>
/// <remarks>The agent is the published program beside the simulated pump; swupdate is started for each archive, as <c>swupdate
/// -i</c>, so that its own start is in its figure: it is measured alone, too.</remarks>
internal sealed class UpdateSwitch : IAsyncDisposable
{
    private const string Site = "bench";
    private const string Device = "pump-1";
    private const int RateHz = 100;
    private const int Turns = 11;

    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly MosquittoFixture _broker = new();
    private readonly FirmwareArchive _firmware = new();

    public static async Task<int> RunAsync()
    {
        if (!File.Exists(AgentUnderTest.Program))
            throw new FileNotFoundException("the agent is not published: ./hmas publish", AgentUnderTest.Program);
        await using var run = new UpdateSwitch();
        await run.MeasureAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _firmware.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }

    private async Task MeasureAsync()
    {
        await _broker.StartAsync();
        await using var hub = new StandInHub(_broker.Address, Site, Device);
        PublicKeyFile.Write(_folder.File("keys.pem"), [_key.PublicKey]);
        var models = new FigureModel(_key, RateHz);
        await using var agent = AgentUnderTest.Start(_folder.Path, string.Create(CultureInfo.InvariantCulture, $$"""
            device: { site: {{Site}}, id: {{Device}}, stateFolder: {{_folder.File("state")}} }
            sensor: { kind: pump, pump: { rateHz: {{RateHz}} } }
            hub: { broker: "{{_broker.Address}}", artefacts: "{{hub.Artefacts}}" }
            model: { trustedKeysFile: {{_folder.File("keys.pem")}} }
            """));
        await agent.UntilAsync(static status => status.Hub.Connected && status.Frames > 500);

        var (ours, peer, start) = (new List<double>(), new List<double>(), new List<double>());
        var bytes = 0;
        for (var turn = 0; turn < Turns; turn++)
        {
            var (digest, package) = models.WriteWide(turn + 1);
            bytes = package.Length;
            await hub.AssignAsync(digest, "figures", turn + 1, package, healthWindows: 1);
            var active = await hub.StepAsync(digest, SlotState.Active);
            await hub.StepAsync(digest, SlotState.Committed);
            // The first one waits for the rows that calibrate its run.
            if (turn > 0) ours.Add(active.SwapMs!.Value);

            var archive = _folder.File("firmware.swu");
            await File.WriteAllBytesAsync(archive, _firmware.Pack($"os:{turn}", _folder.File("image"), padding: package.Length - 5_000));
            peer.Add(await SwupdateAsync("-H", "board:1.0", "-k", _firmware.Certificate, "-i", archive));
            start.Add(await SwupdateAsync("--version"));
        }

        Console.WriteLine("| what | bytes | median | slowest |");
        Console.WriteLine("|---|---|---|---|");
        Row("hmas-agent: last byte to first answer (signature, digest, probe, swap)", bytes, ours);
        Row("swupdate -i: signature, hashes, install", new FileInfo(_folder.File("firmware.swu")).Length, peer);
        Row("swupdate --version: its start alone", 0, start);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"ratio of the medians {Median(ours) / Median(peer):0.00}; load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
    }

    private async Task<double> SwupdateAsync(params string[] arguments)
    {
        var started = new ProcessStartInfo("swupdate", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        started.Environment["TMPDIR"] = Directory.CreateDirectory(_folder.File("scratch")).FullName;
        var from = Stopwatch.GetTimestamp();
        using var process = Process.Start(started) ?? throw new InvalidOperationException("swupdate did not start");
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var took = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        return process.ExitCode == 0
            ? took : throw new InvalidOperationException($"swupdate ended with {process.ExitCode}: {string.Join('\n', await said)}");
    }

    private static void Row(string what, long bytes, List<double> times) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {what} | {bytes:#,0} | {Median(times):0} ms | {times.Max():0} ms |"));

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
