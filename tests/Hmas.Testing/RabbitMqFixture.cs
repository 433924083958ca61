using System.Diagnostics;
using System.Globalization;

namespace Hmas.Testing;

/// <summary>Debian's RabbitMQ with its MQTT plugin as a private node: own name, ports, database, port mapper, so that two never meet.</summary>
public sealed class RabbitMqFixture : ProcessBrokerFixture
{
    // Not the one in /usr/sbin, which wants to be root or rabbitmq.
    public const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private readonly int _distributionPort = FreePorts.One();
    private readonly int _mapperPort = FreePorts.One();
    private Process? _mapper;

    /// <summary>3.10 has MQTT 3.1.1 only.</summary>
    public override bool SpeaksV5 => false;

    protected override async ValueTask CleanAsync()
    {
        if (_mapper is { } mapper)
        {
            mapper.Kill();
            await mapper.WaitForExitAsync();
            mapper.Dispose();
        }

        await base.CleanAsync();
    }

    protected override Task LaunchAsync()
    {
        var settings = Path.Combine(Folder.Path, "rabbitmq.conf");
        var plugins = Path.Combine(Folder.Path, "enabled_plugins");
        File.WriteAllText(plugins, "[rabbitmq_mqtt].");
        File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $"""
            listeners.tcp = none
            mqtt.listeners.tcp.1 = 127.0.0.1:{Port}
            mqtt.allow_anonymous = true
            log.console = true
            log.file = false
            """));
        Dictionary<string, string> environment = new()
        {
            ["HOME"] = Folder.Path,
            ["ERL_EPMD_PORT"] = _mapperPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_NODENAME"] = string.Create(CultureInfo.InvariantCulture, $"hmas{Port}@localhost"),
            ["RABBITMQ_DIST_PORT"] = _distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(Folder.Path, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(Folder.Path, "log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = plugins,
            ["RABBITMQ_CONFIG_FILE"] = settings,
            // Erlang's idle schedulers spin by default, which starves the tests beside them.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+sbwt none +sbwtdcpu none +sbwtdio none",
        };
        _mapper ??= Spawn("epmd", ["-port", environment["ERL_EPMD_PORT"]], []);
        Launch(Program, [], environment);
        return Task.CompletedTask;
    }
}
