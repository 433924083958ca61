using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Edge.Agent.Hosting.Logging;
using Edge.Agent.Hosting.Status;
using Edge.Agent.Models;
using Edge.Agent.Reasoning;
using Edge.Agent.Settings;
using Edge.Sensors;
using Edge.Sensors.Replay;
using Hmas.Inference;
using Hmas.Trust;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting.CommandLine;

/// <summary>What each verb does. Exit codes: 0 done, 1 failed, 2 the settings or inputs cannot be used.</summary>
internal static class Verbs
{
    private const int Unusable = 2;

    public static async Task<int> RunAsync(
        string? file, Dictionary<string, string> variables, IReadOnlyList<string> overrides, RunMode mode, CancellationToken ct)
    {
        if (await LoadAsync(file, variables, overrides) is not { } settings) return Unusable;
        using var loggers = LoggingSetup.Create(settings.Log);
        // Checked before the agent is made, so that a bad rule file is a line on the terminal and not a stack trace in a log.
        if (await DescribeAsync(settings, loggers) is null) return Unusable;
        return await AgentProcess.RunAsync(settings, mode, TimeProvider.System, loggers, ct);
    }

    public static async Task<int> StatusAsync(
        string? file, Dictionary<string, string> variables, IReadOnlyList<string> overrides, string? socket, bool json, CancellationToken ct)
    {
        if (socket is null)
        {
            if (await LoadAsync(file, variables, overrides) is not { } settings) return Unusable;
            socket = settings.StatusSocket;
        }

        try
        {
            var status = await StatusSocket.ReadAsync(socket, ct);
            await Console.Out.WriteAsync(
                (json ? JsonSerializer.Serialize(status, HostingJson.Default.AgentStatus) + "\n" : StatusTable.Write(status)).AsMemory(), ct);
            return 0;
        }
        catch (Exception error) when (error is SocketException or JsonException)
        {
            return await FailAsync($"no agent answers at {socket}: {error.Message}", 1);
        }
    }

    public static async Task<int> CheckAsync(string? file, Dictionary<string, string> variables, IReadOnlyList<string> overrides)
    {
        if (await LoadAsync(file, variables, overrides) is not { } settings) return Unusable;
        using var loggers = LoggingSetup.Create(settings.Log);
        if (await DescribeAsync(settings, loggers) is not { } description) return Unusable;
        await Console.Out.WriteAsync(description);
        return 0;
    }

    public static async Task<int> ReplayAsync(string recording, string package, string keys, string? output, double rateHz, CancellationToken ct)
    {
        using var loggers = LoggingSetup.Create(new LogOptions { Level = "warning" });
        var writer = Console.Out;
        try
        {
            var options = new ReplayOptions { Files = [recording], RateHz = rateHz, Speed = 0 };
            var run = new ReplayRun(
                options, await File.ReadAllBytesAsync(package, ct), PublicKeyFile.Read(keys), TimeProvider.System,
                loggers.CreateLogger("Edge.Agent"));
            if (output is not null) writer = new StreamWriter(output);
            var rows = await run.RunAsync(package, writer, ct);
            await writer.FlushAsync(ct);
            return rows > 0 ? 0 : await FailAsync($"{recording}: no row was scored; the recording may be shorter than calibration and one window", 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ModelRefusal
            or InferenceException or SensorException or ArgumentException)
        {
            return await FailAsync(error.Message, Unusable);
        }
        finally
        {
            if (output is not null) await writer.DisposeAsync();
        }
    }

    private static async Task<AgentSettings?> LoadAsync(string? file, Dictionary<string, string> variables, IReadOnlyList<string> overrides)
    {
        try
        {
            return SettingsLoader.Load(file, variables, overrides);
        }
        catch (SettingsException error)
        {
            await FailAsync(error.Message, Unusable);
            return null;
        }
    }

    /// <summary>What would run, for people; null after the reason why it cannot was printed.</summary>
    private static async Task<string?> DescribeAsync(AgentSettings settings, ILoggerFactory loggers)
    {
        try
        {
            await using var sensor = Ladder.MakeSensor(settings.Sensor, TimeProvider.System, loggers);
            var actuators = Ladder.MakeActuators(settings.Actuators, sensor, TimeProvider.System, loggers);
            var rules = Ladder.LoadRules(settings.Rules, sensor, settings.Pipeline.HistoryFrames, actuators);
            _ = Secrets.Read(settings.Hub.PasswordFile, "hub:passwordFile");
            _ = Secrets.OfSite(settings.Peers);
            var keys = settings.Model.TrustedKeysFile is { } path ? PublicKeyFile.Read(path).Count : 0;
            return FormattableString.Invariant(
                $"""
                device     {settings.Device.Site}/{settings.Device.Id}, state in {Path.GetFullPath(settings.Device.StateFolder)}
                sensor     {settings.Sensor.Kind}: {sensor.Channels.Count} channels at {sensor.RateHz} Hz ({string.Join(", ", sensor.Channels.Select(channel => channel.Name))})
                rules      {rules.Rules.Count} from {settings.Rules.File ?? "no file (rules:file)"}
                actuators  {(actuators.Count == 0 ? "none" : string.Join(", ", actuators.Select(actuator => actuator.Name)))}
                model      {keys} trusted keys, first package {settings.Model.Package ?? "none"}
                outbox     at most {settings.Outbox.MaxBytes / 1048576.0:0.#} MB
                hub        {settings.Hub.Broker ?? "none: the device lives alone"}
                status     {settings.StatusSocket}{(settings.Status.MetricsPort > 0 ? $", metrics on 127.0.0.1:{settings.Status.MetricsPort}" : "")}

                """);
        }
        catch (Exception error) when (error is SettingsException or RuleFileException or SensorException or IOException or UnauthorizedAccessException
            or CryptographicException)
        {
            await FailAsync(error.Message, Unusable);
            return null;
        }
    }

    private static async Task<int> FailAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
