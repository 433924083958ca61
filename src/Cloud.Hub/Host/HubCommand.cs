using System.CommandLine;
using System.Reflection;
using Cloud.Hub.Host.Settings;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Fits;
using Cloud.Hub.Learning.Studies;

namespace Cloud.Hub.Host;

/// <summary>The command line of <c>hmas-hub</c>.</summary>
internal static class HubCommand
{
    public static RootCommand Create()
    {
        var settings = new Option<string?>("--settings") { Description = "Settings file, YAML or JSON; unknown keys are refused", HelpName = "file" };
        var data = Setting<string>("--data", "Data", "folder", "Folder of all state [default: ./hmas-data]");
        var services = Setting<string>("--services", "Services", "names", "Services to run here, such as memory,learning [default: all]");
        var broker = Setting<string>(
            "--broker", "Communication:Broker", "uri", "Use this MQTT broker instead of the one inside: mqtts://host:port (mqtt:// on loopback)");
        var bind = Setting<string>("--bind", "Bind", "address", "IP address to listen on; others than loopback need TLS [default: 127.0.0.1]");
        var offset = Setting<int?>("--port-offset", "PortOffset", "number", "Added to every port [default: 0]");
        var redis = Setting<string>("--redis", "Cluster:Redis", "host:port", "Join the cluster on this Redis");
        var ports = new Option<string[]>("--ports") 
        {
            Description = "A port that differs from the table (docs/architecture.md), such as front=8081; may be repeated", HelpName = "name=port",
        };
        var set = new Option<string[]>("--set") 
        {
            Description = "Any other setting, such as memory:retentionBytes=5000000000; may be repeated", HelpName = "section:key=value",
        };
        var run = new Command("run", "Starts the hub and stays until it is told to stop") { settings, ports, set };
        (Option Option, string Key)[] keyed = [data, services, broker, bind, offset, redis];
        foreach (var (option, _) in keyed) run.Options.Add(option);

        run.SetAction((parsed, cancellation) =>
        {
            var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            foreach (var (option, key) in keyed)
            {
                if (parsed.GetResult(option) is { Implicit: false, Tokens: [{ Value: var value }, ..] }) values[key] = value;
            }

            return RunAsync(
                () =>
                {
                    foreach (var pair in parsed.GetValue(ports) ?? []) Pair(pair, "--ports", "Ports:", values);
                    foreach (var pair in parsed.GetValue(set) ?? []) Pair(pair, "--set", "", values);
                    return HubSettings.Load(parsed.GetValue(settings), values);
                },
                cancellation);
        });

        return new RootCommand(
            $"The HMAS hub {Version}: eight services in one program. Every option is also a setting; as environment variable HMAS_HUB_NAME.") { run,
                WorkCommand.Create(), ScoreCommand.Create(), LearnCommand.Create() };
    }

    private static string Version =>
        typeof(HubCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static (Option, string) Setting<T>(string name, string key, string value, string description) =>
        (new Option<T>(name) { Description = description, HelpName = value }, key);

    private static void Pair(string pair, string option, string prefix, Dictionary<string, string?> values)
    {
        var equals = pair.IndexOf('=');
        if (equals <= 0) throw new HubStartException($"{option}: '{pair}' is not name=value");
        values[prefix + pair[..equals]] = pair[(equals + 1)..];
    }

    private static async Task<int> RunAsync(Func<HubSettings> load, CancellationToken cancellation)
    {
        try
        {
            var app = HubBuilder.Build(load());
            await using (app.ConfigureAwait(false))
            {
                HubSettings.Validate(app.Services);
                // A start that is broken off half way leaves stack traces: who stops it now stops it when it stands.
                await app.StartAsync(CancellationToken.None);
                await app.WaitForShutdownAsync(cancellation);
            }

            return 0;
        }
        catch (HubStartException e)
        {
            await Console.Error.WriteLineAsync($"hmas-hub: {e.Message}");
            return 1;
        }
    }
}
