using System.Diagnostics;
using System.Globalization;
using Edge.Sensors.Simulation;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Hmas.Trust;

namespace Hmas.Benchmarks.Agent;

/// <summary>What does the published native agent need of a device, with a model, rules, store and sync to
/// Mosquitto? One line per figure. About five minutes.</summary>
/// <remarks>The sensor is the simulated pump, so its own cost is in the figures too. Facts are acknowledged by <see cref="StandInHub"/>.</remarks>
internal sealed class AgentFigures : IAsyncDisposable
{
    private const string Site = "bench";
    private const string Device = "pump-1";
    private const int RateHz = 100;
    private const int Swaps = 3;
    private const int Starts = 5;
    private const int ProbeRows = 10_000;
    private const double Rare = 0.005;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(40);

    /// <summary>The steps of a swap wait three seconds for their commit, which takes along what was acknowledged before.</summary>
    private static readonly TimeSpan UntilStored = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(90);

    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly MosquittoFixture _broker = new();
    private readonly FigureModel _models;
    private long _release = 1;
    private StandInHub? _hub;

    private AgentFigures() => _models = new FigureModel(_key, RateHz);

    /// <param name="chosen">Of <c>size rules path idle work swaps starts actions</c>; none: all.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> chosen)
    {
        if (!File.Exists(AgentUnderTest.Program))
            throw new FileNotFoundException("the agent is not published: ./hmas publish", AgentUnderTest.Program);
        await using var figures = new AgentFigures();
        return await figures.MeasureAsync(chosen);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        await _broker.DisposeAsync();
        _key.Dispose();
        _folder.Dispose();
    }

    private async Task<int> MeasureAsync(IReadOnlyList<string> chosen)
    {
        (string Name, Func<Task> Measure)[] figures =
        [
            ("size", SizeAsync), ("rules", RulesAsync), ("path", PathAsync), ("idle", WithoutModelAsync), ("work", AtWorkAsync),
            ("swaps", SwapsAsync), ("starts", StartsAsync), ("actions", BesideABusyCoreAsync),
        ];
        var known = figures.Select(static figure => figure.Name);
        if (chosen.Except(known).FirstOrDefault() is { } unknown)
        {
            Console.Error.WriteLine($"agent-figures: '{unknown}' is none of {string.Join(", ", known)}");
            return 2;
        }

        await _broker.StartAsync();
        _hub = new StandInHub(_broker.Address, Site, Device);
        PublicKeyFile.Write(_folder.File("keys.pem"), [_key.PublicKey]);
        foreach (var (name, measure) in figures)
        {
            if (chosen.Count == 0 || chosen.Contains(name)) await measure();
        }

        return 0;
    }

    private static Task SizeAsync()
    {
        Row("program on disk, MB", "≤ 12.0", new FileInfo(AgentUnderTest.Program).Length / 1e6, "0.00");
        return Task.CompletedTask;
    }

    private static Task RulesAsync()
    {
        Row("memory of a rule, KB", "≤ 10", RuleMemory.BytesPerRule() / 1e3, "0.00",
            "managed, 1,000 rules with two conditions, a command and its release");
        return Task.CompletedTask;
    }

    private Task PathAsync()
    {
        // What the demo's fleet begins with, what it goes on to, and the largest network that the hub trains.
        foreach (var recipe in (ReadOnlySpan<string>)["reconstruction", "anomaly-logit", "teacher"])
        {
            var package = _models.Write(++_release, recipe).Package;
            using var path = new PathOverhead(package, _key.PublicKey);
            var stages = path.Measure();
            var (bare, ladder) = (stages[0].Us, stages[^1].Us);
            Row(string.Create(CultureInfo.InvariantCulture, $"sample to action over a bare run of the same {package.Length / 1e3:0} KB model, {recipe}"),
                "≤ 1.05", ladder / bare, "0.000",
                string.Create(CultureInfo.InvariantCulture, $"{ladder:0.00} over {bare:0.00} µs a row; {path.Actions} actions"));
            var before = 0.0;
            foreach (var (name, us) in stages)
            {
                Row(name + ", µs a row", "", us, "0.00", string.Create(CultureInfo.InvariantCulture, $"{us - before:+0.00;-0.00}"));
                before = us;
            }
        }

        return Task.CompletedTask;
    }

    private async Task WithoutModelAsync()
    {
        await using var agent = Start(rateHz: 1, "");
        await agent.UntilAsync(static status => status.Hub.Connected && status.Frames > 0);
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System);
        Row("resident before a model, MB", "≤ 20", agent.ResidentMb);
        Row("CPU idle (1 Hz, no model), %", "≤ 1", await agent.ProcessorShareAsync(Measured), "0.00");
    }

    private async Task AtWorkAsync()
    {
        await using var agent = Start(RateHz, ModelSettings() + $"rules:\n  file: {Path.Combine(Repository.Root, "deploy", "edge", "rules.yaml")}\n");
        await agent.UntilAsync(static status => status.Windows > 0);
        await Task.Delay(Settle, TimeProvider.System);
        var share = await agent.ProcessorShareAsync(Measured);
        var facts = _hub!.Facts;
        Row("resident with a model, 8 × 100 Hz, MB", "≤ 40", agent.ResidentMb,
            note: string.Create(CultureInfo.InvariantCulture, $"its own {agent.OwnMb:0.0}; {facts} facts acknowledged"));
        Row("CPU at 8 × 100 Hz, %", "≤ 3", share, "0.00");
    }

    private async Task SwapsAsync()
    {
        await SwapsAsync("anomaly-logit");
        // The largest network that the hub trains.
        await SwapsAsync("teacher");
    }

    private async Task SwapsAsync(string recipe)
    {
        // Nothing but the swap is written: no windows are kept meanwhile, and evidence comes with the change of model alone.
        await using var agent = Start(
            RateHz,
            ModelSettings(", evidenceWindows: 1000000")
            + "experience:\n  routineEvery: 1000000\n  rareDistance: 1000000\npipeline: { maxCalibrationRows: 1000 }\n");
        // By then the healthy rows are on disk for good.
        var before = await agent.UntilAsync(static status => status.Windows > 1200);
        var swaps = new List<SlotReport>();
        var written = new List<double>();
        var package = Array.Empty<byte>();
        for (var i = 0; i <= Swaps; i++)
        {
            var release = ++_release;
            (var digest, package) = _models.Write(release, recipe);
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
            var bytes = agent.WrittenBytes;
            await _hub!.AssignAsync(digest, "figures", release, package);
            swaps.Add(await _hub.StepAsync(digest, SlotState.Active));
            await _hub.StepAsync(digest, SlotState.Committed);
            await Task.Delay(UntilStored, TimeProvider.System);
            written.Add(agent.WrittenBytes - bytes);
        }

        var size = string.Create(CultureInfo.InvariantCulture, $"{package.Length / 1e3:0} KB package");

        var after = await agent.UntilAsync(static _ => true);
        Row($"swap of a {size}, last byte to first answer, slowest of {swaps.Count}, ms", "≤ 2000", swaps.Max(static step => step.SwapMs!.Value));
        Row($"samples and windows missed in {swaps.Count} swaps", "0",
            after.DroppedSamples + after.LateSamples - before.DroppedSamples - before.LateSamples
            + swaps.Sum(static step => step.MissedWindows!.Value), "0");
        // The first one's commit takes along what the hub acknowledged of the start.
        var each = written.Skip(1).Average();
        Row($"bytes written per swap over those of the {size}", "≤ 2", each / package.Length, "0.00",
            string.Create(CultureInfo.InvariantCulture, $"{each / 1e3:0} KB: the device record, facts of each step and SQLite's log included; the first after the start {written[0] / 1e3:0} KB"));
        Row($"resident after {swaps.Count} swaps, MB", "≤ 40", agent.ResidentMb);
    }

    private async Task StartsAsync()
    {
        var actions = _folder.File("first.jsonl");
        File.WriteAllText(
            _folder.File("first.yaml"),
            "version: 1\nrules:\n  - id: first\n    when: { channel: Voltage, above: 0 }\n    action: { actuator: first, command: write }\n");
        var settings = ModelSettings()
            + $"rules:\n  file: {_folder.File("first.yaml")}\nactuators:\n  - {{ name: first, kind: file, file: {actions} }}\n";
        // Once, to fit the model to this machine: what a restart goes on with.
        await using (var first = Start(RateHz, settings)) await first.UntilAsync(static status => status.FirstAnswerSeconds is not null);
        var rule = new List<double>();
        var answer = new List<double>();
        for (var i = 0; i < Starts; i++)
        {
            File.Delete(actions);
            await using var agent = Start(RateHz, settings);
            while (!File.Exists(actions)) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            rule.Add(Stopwatch.GetElapsedTime(agent.StartedAt).TotalSeconds);
            answer.Add((await agent.UntilAsync(static status => status.FirstAnswerSeconds is not null)).FirstAnswerSeconds!.Value);
        }

        Row("start to first decision carried out (rule), median of 5, s", "≤ 0.3", Median(rule), "0.000");
        Row("restart to first answer of the model, the 0.38 s of its window of 39 rows included, median of 5, s", "≤ 0.3", Median(answer), "0.000");
    }

    private async Task BesideABusyCoreAsync()
    {
        // One rule and one actuator per channel; each is raised by the rare high values of its channel's
        // noise, and so stays within the actuators' 60 commands a minute.
        var probe = new PumpModel(new PumpSettings { RateHz = RateHz });
        var seen = Enumerable.Range(0, ProbeRows).Select(_ =>
        {
            var values = new float[PumpChannels.Count];
            probe.Step(values);
            return values;
        }).ToArray();
        var rules = PumpChannels.All.Select((channel, c) => string.Create(
            CultureInfo.InvariantCulture,
            $"  - id: rule-{c}\n    when: {{ channel: {channel.Name}, above: {seen.Select(row => row[c]).Order().ElementAt((int)(ProbeRows * (1 - Rare)))} }}\n    action: {{ actuator: act-{c}, command: write }}\n"));
        File.WriteAllText(_folder.File("crossing.yaml"), "version: 1\nrules:\n" + string.Concat(rules));
        string[] files = [.. Enumerable.Range(0, PumpChannels.Count).Select(c => _folder.File($"act-{c}.jsonl"))];
        var actuators = string.Concat(files.Select((file, c) => $"  - {{ name: act-{c}, kind: file, file: {file} }}\n"));
        await using var agent = Start(RateHz, ModelSettings() + $"rules:\n  file: {_folder.File("crossing.yaml")}\nactuators:\n{actuators}");
        await agent.UntilAsync(static status => status.Windows > 0);
        var latencies = await ActionClock.MeasureAsync(files, Watched);
        Row("sample to action at 100 Hz beside a busy core, p99, ms", "≤ 5", latencies[(int)(0.99 * (latencies.Length - 1))], "0.00",
            string.Create(
                CultureInfo.InvariantCulture, $"median {Median(latencies):0.00}, slowest {latencies[^1]:0.00}, {latencies.Length} actions"));
    }

    private AgentUnderTest Start(int rateHz, string more) => AgentUnderTest.Start(_folder.Path, string.Create(CultureInfo.InvariantCulture, $$"""
        device: { site: {{Site}}, id: {{Device}}, stateFolder: {{_folder.File("state")}} }
        sensor: { kind: pump, pump: { rateHz: {{rateHz}} } }
        hub: { broker: "{{_broker.Address}}", artefacts: "{{_hub!.Artefacts}}" }
        {{more}}
        """));

    private string ModelSettings(string more = "")
    {
        var file = _folder.File("first.hmas");
        if (!File.Exists(file)) File.WriteAllBytes(file, _models.Write(release: 1).Package);
        return $"model: {{ trustedKeysFile: {_folder.File("keys.pem")}, package: {file}{more} }}\n";
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    private static void Row(string figure, string wanted, double seen, string format = "0.0", string note = "") =>
        Console.WriteLine($"| {figure} | {wanted} | {seen.ToString(format, CultureInfo.InvariantCulture)} | {note} |");
}
