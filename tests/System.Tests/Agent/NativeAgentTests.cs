using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Hmas.Trust;

namespace Hmas.System.Tests.Agent;

/// <summary>The published native program from sensor to hub, and back from the hub to the model that answers.</summary>
public sealed class NativeAgentTests : IDisposable
{
    private const string Site = "north";
    private const string Device = "pump-1";
    private const int Rows = 100_000;
    private const int SpikeEvery = 200;

    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();

    [Fact]
    public async Task The_whole_path_runs_natively_from_a_recording_to_the_hub_and_a_swapped_model()
    {
        await using var broker = new MosquittoFixture();
        await broker.StartAsync();
        await using var hub = new StandInHub(broker.Address, Site, Device);
        var metricsPort = FreePorts.One();
        await using var agent = AgentProgram.Start(WriteSettings(broker.Address, hub.Artefacts, metricsPort));

        // The model of the settings answers; the hub brings another, which is verified, probed, answers in shadow, and takes its place.
        await agent.SaidAsync("calibrated on 40 rows");
        var (digest, package) = FixturePackage.Write(_key, release: 2);
        await hub.AssignAsync(digest, FixturePackage.Name, 2, package, shadowWindows: 20, healthWindows: 20);
        foreach (var step in new[] { SlotState.Verified, SlotState.Probed, SlotState.Shadowing }) await hub.StepAsync(digest, step);
        var active = await hub.StepAsync(digest, SlotState.Active);
        Assert.Equal((digest, 0), (active.AnsweringDigest, active.MissedWindows));
        await hub.StepAsync(digest, SlotState.Committed);

        // What it decided, did and lived through reached the hub.
        var alarm = JsonSerializer.Deserialize((await hub.FirstAsync(FactKind.Alarm)).Payload.Span, ContractsJson.Default.AlarmEvent)!;
        Assert.Equal(("spike", "warning"), (alarm.RuleId, alarm.Severity));
        var action = JsonSerializer.Deserialize((await hub.FirstAsync(FactKind.Action)).Payload.Span, ContractsJson.Default.ActionEvent)!;
        Assert.Equal(("note", "write", true), (action.Actuator, action.Command, action.Succeeded));
        Assert.Contains("\"rule\":\"spike\"", await File.ReadAllTextAsync(_folder.File("acts.jsonl")), StringComparison.Ordinal);
        await hub.FirstAsync(FactKind.Experience);

        var status = await AgentProgram.StatusAsync(Socket);
        Assert.Equal(
            (digest, true),
            (status.GetProperty("model").GetProperty("activeDigest").GetString(), status.GetProperty("model").GetProperty("committed").GetBoolean()));
        Assert.True(status.GetProperty("hub").GetProperty("connected").GetBoolean());
        await AcknowledgedAsync();
        var (_, table, _) = await AgentProgram.RunAsync("status", "--socket", Socket);
        Assert.Contains($"model        fixture 2 {digest[..19]}; previous sha256:", table, StringComparison.Ordinal);
        await CheckMetricsAsync(metricsPort, digest);

        // A classifier answers as well, by names instead of a score.
        var onnx = FixturePackage.Onnx("classes");
        var (classifier, classes) = FixturePackage.Write(_key, FixturePackage.AsClassifier(FixturePackage.Manifest(3, onnx)), onnx);
        await hub.AssignAsync(classifier, FixturePackage.Name, 3, classes);
        await hub.StepAsync(classifier, SlotState.Committed);
        Assert.Contains((await AgentProgram.StatusAsync(Socket)).GetProperty("class").GetString(), new[] { "first", "second", "third" });
        await CheckMetricsAsync(metricsPort, classifier);

        var (code, log) = await agent.StopAsync();
        Assert.True(code == 0, log);
        Assert.DoesNotContain(" ERR ", log, StringComparison.Ordinal);
    }

    /// <summary>The device stores within a second what the hub has told it; each look starts a program, which is pause enough.</summary>
    private async Task AcknowledgedAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        while ((await AgentProgram.StatusAsync(Socket)).GetProperty("outbox").GetProperty("acknowledged").GetInt64() == 0)
            limit.Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task A_command_is_done_once_and_answered_alike_after_a_restart()
    {
        await using var broker = new MosquittoFixture();
        await broker.StartAsync();
        await using var hub = new StandInHub(broker.Address, Site, Device);
        var settings = WriteSettings(broker.Address, hub.Artefacts, FreePorts.One());
        var inAnHour = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3600) * 1_000_000;
        var recalibrate = new DeviceCommand("c-1", "recalibrate", inAnHour);
        CommandReply first;
        await using (var agent = AgentProgram.Start(settings))
        {
            await hub.FirstAsync(FactKind.RunStarted);
            first = await hub.CommandAsync(recalibrate);
            Assert.Equal(new CommandReply("c-1", true), first);
            Assert.Equal("unknown-kind", (await hub.CommandAsync(new DeviceCommand("c-2", "reboot", inAnHour))).Error);
            Assert.Equal("expired", (await hub.CommandAsync(new DeviceCommand("c-3", "recalibrate", 1))).Error);
            // Disposing kills it, as a power cut would.
        }

        await using var again = AgentProgram.Start(settings);
        await again.SaidAsync("calibrated on 40 rows");
        Assert.Equal(first, await hub.CommandAsync(recalibrate));
        var (code, log) = await again.StopAsync();
        Assert.True(code == 0, log);
        Assert.DoesNotContain("Command c-1", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_hears_that_it_is_ready_alive_and_stopping()
    {
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(_folder.File("notify")));
        File.WriteAllText(
            _folder.File("agent.yaml"),
            $"device: {{ site: {Site}, id: {Device}, stateFolder: '{_folder.File("state")}' }}\nsensor: {{ kind: pump }}\n");
        await using var agent = AgentProgram.Start(
            _folder.File("agent.yaml"), ("NOTIFY_SOCKET", _folder.File("notify")), ("WATCHDOG_USEC", "200000"));
        Assert.Equal("READY=1", await HeardAsync(systemd));
        Assert.Equal("WATCHDOG=1", await HeardAsync(systemd));
        Assert.Equal("WATCHDOG=1", await HeardAsync(systemd));
        var stopping = agent.StopAsync();
        string heard;
        while ((heard = await HeardAsync(systemd)) == "WATCHDOG=1")
        {
        }

        Assert.Equal("STOPPING=1", heard);
        var (code, log) = await stopping;
        Assert.True(code == 0, log);
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    private string Socket => _folder.File("status.sock");

    private string WriteSettings(Uri broker, string artefacts, int metricsPort)
    {
        var rows = new StringBuilder("datetime;a;b\n");
        var at = new DateTime(2020, 1, 1);
        for (var i = 0; i < Rows; i++)
            rows.Append(
                CultureInfo.InvariantCulture,
                $"{at.AddSeconds(i):yyyy-MM-dd HH:mm:ss};{(i % SpikeEvery == SpikeEvery - 1 ? 9 : Math.Sin(i)):F4};{Math.Cos(i / 3.0):F4}\n");
        File.WriteAllText(_folder.File("a.csv"), rows.ToString());
        File.WriteAllText(
            _folder.File("rules.yaml"),
            "version: 1\nrules:\n  - id: spike\n    when: { channel: a, above: 5 }\n    action: { actuator: note, command: write }\n");
        PublicKeyFile.Write(_folder.File("keys.pem"), [_key.PublicKey]);
        File.WriteAllBytes(_folder.File("first.hmas"), FixturePackage.Write(_key, release: 1).Package);
        File.WriteAllText(_folder.File("agent.yaml"), $$"""
            device: { site: {{Site}}, id: {{Device}}, stateFolder: '{{_folder.File("state")}}' }
            sensor: { kind: replay, replay: { files: ['{{_folder.File("a.csv")}}'], speed: 200, columns: [{ column: a }, { column: b }] } }
            model: { trustedKeysFile: '{{_folder.File("keys.pem")}}', package: '{{_folder.File("first.hmas")}}' }
            rules: { file: '{{_folder.File("rules.yaml")}}' }
            actuators: [{ name: note, kind: file, file: '{{_folder.File("acts.jsonl")}}' }]
            hub: { broker: "{{broker}}", artefacts: "{{artefacts}}" }
            status: { socket: '{{Socket}}', metricsPort: {{metricsPort.ToString(CultureInfo.InvariantCulture)}} }
            """);
        return _folder.File("agent.yaml");
    }

    /// <summary>Prometheus' own tool is the judge of the text.</summary>
    private static async Task CheckMetricsAsync(int port, string digest)
    {
        using var http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        var text = await http.GetStringAsync("/metrics");
        Assert.Contains($"model=\"{digest}\"", text, StringComparison.Ordinal);
        Assert.Equal(global::System.Net.HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        Assert.Equal("", await Promtool.LintAsync(text));
    }

    private static async Task<string> HeardAsync(Socket systemd)
    {
        var buffer = new byte[256];
        var length = await systemd.ReceiveAsync(buffer).InTimeAsync();
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
