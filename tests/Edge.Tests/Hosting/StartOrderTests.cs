using System.Text;
using Edge.Agent.Hosting;
using Edge.Agent.Settings;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Extensions.Logging;

namespace Edge.Tests.Hosting;

/// <summary>The whole agent on a live machine, its first model in a pipe: it cannot be read before the test writes it.</summary>
[Collection(Models.Programs.Name)]
public sealed class StartOrderTests : IDisposable
{
    private const double RateHz = 100;

    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly WarningLog _warnings = new();

    [Fact]
    public async Task Rules_decide_while_the_model_is_still_being_loaded()
    {
        await Tool.RunAsync("mkfifo", _folder.File("first.hmas"));
        PublicKeyFile.Write(_folder.File("keys.pem"), [_key.PublicKey]);
        await File.WriteAllTextAsync(_folder.File("rules.yaml"), """
            version: 1
            rules:
              - id: powered
                when: { channel: Voltage, above: 0 }
                action: { actuator: log, command: write }
              - id: answered
                when: { prediction: score, above: -1 }
                action: { actuator: second, command: write }
            """);
        await File.WriteAllTextAsync(_folder.File("agent.yaml"), $$"""
            device: { site: site, id: pump, stateFolder: {{_folder.File("state")}} }
            sensor: { kind: pump, pump: { rateHz: {{RateHz}} } }
            model: { trustedKeysFile: {{_folder.File("keys.pem")}}, package: {{_folder.File("first.hmas")}} }
            rules: { file: {{_folder.File("rules.yaml")}} }
            actuators: [ { name: log, kind: log }, { name: second, kind: log } ]
            status: { socket: {{_folder.File("status.sock")}} }
            """);
        var settings = SettingsLoader.Load(_folder.File("agent.yaml"), new Dictionary<string, string>(), []);
        using var systemd = new SystemdNotifier(null, null);
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new Warnings(_warnings)));
        using var stop = new CancellationTokenSource();
        await using var agent = await AgentRuntime.CreateAsync(settings, systemd, TimeProvider.System, loggers, default);
        // Loading the model holds its thread.
        var running = Task.Run(() => agent.RunAsync(stop.Token));
        try
        {
            await WarnedAsync("Rule powered");
            await WritePackageAsync();
            await WarnedAsync("Rule answered");
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    private async Task WritePackageAsync()
    {
        var onnx = FixturePackage.Onnx("half");
        var manifest = FixturePackage.Manifest(1, onnx) with { Channels = ["Current", "Pressure"], RateHz = RateHz };
        await using var pipe = new FileStream(_folder.File("first.hmas"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await pipe.WriteAsync(FixturePackage.Write(_key, manifest, onnx).Package);
    }

    private async Task WarnedAsync(string beginning)
    {
        var seen = new StringBuilder();
        for (var warning = ""; !warning.StartsWith(beginning, StringComparison.Ordinal);)
        {
            try
            {
                seen.AppendLine(warning = await _warnings.NextAsync());
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"No '{beginning}…' within a minute, but:\n{seen}");
            }
        }
    }

    private sealed class Warnings(WarningLog log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
