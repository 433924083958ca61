using System.CommandLine;

namespace Operator.Cli.Hub;

/// <summary>Where the hub is and who asks: the options that every command about a fleet has.</summary>
internal sealed class HubConnection
{
    private const string DefaultToken = "hmas-data/operator.token";

    private readonly Option<string> _hub = new("--hub")
    {
        Description = "Front of the hub [default: HMAS_HUB, else http://127.0.0.1:8080]",
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("HMAS_HUB") ?? "http://127.0.0.1:8080",
    };

    private readonly Option<FileInfo> _token = new("--token-file")
    {
        Description = $"File with the operator's token, made by the hub on its first start [default: HMAS_TOKEN_FILE, else {DefaultToken}]",
        DefaultValueFactory = static _ => new FileInfo(Environment.GetEnvironmentVariable("HMAS_TOKEN_FILE") ?? DefaultToken),
    };

    public Command AddTo(Command command)
    {
        command.Options.Add(_hub);
        command.Options.Add(_token);
        return command;
    }

    /// <summary>Runs one command against the hub; what the hub or the network refuses becomes one line on stderr and exit code 1.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<HubApi, Task<int>> work)
    {
        var (hub, token) = (parsed.GetRequiredValue(_hub), parsed.GetRequiredValue(_token));
        try
        {
            if (!Uri.TryCreate(hub, UriKind.Absolute, out var front) || front.Scheme is not ("http" or "https")) throw new HubRefusal("that is no http or https address");
            using var api = new HubApi(front, (await File.ReadAllTextAsync(token.FullName)).Trim());
            return await work(api);
        }
        catch (Exception e) when (e is HttpRequestException or HubRefusal or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"hmas: {e.Message} (--hub {hub})");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
