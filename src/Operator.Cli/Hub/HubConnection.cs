using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;

namespace Operator.Cli.Hub;

/// <summary>Where the hub is and who asks: the options that every command about a fleet has.</summary>
internal sealed class HubConnection
{
    private const string DefaultFront = "http://127.0.0.1:8080";
    private const string DefaultToken = "hmas-data/operator.token";

    /// <summary>A person waits at a prompt for names to choose from, which a busy machine does not have at once.</summary>
    private static readonly TimeSpan CompletionLimit = TimeSpan.FromSeconds(10);

    /// <summary>Nobody waits longer at a prompt for a hub that is not there at all.</summary>
    private static readonly TimeSpan CompletionConnectLimit = TimeSpan.FromSeconds(2);

    private readonly Option<string?> _hub = new(
        "--hub") { Description = $"Front of the hub [default: HMAS_HUB, else {DefaultFront}]", HelpName = "address" };

    private readonly Option<FileInfo?> _token = new("--token-file")
    {
        Description = $"File with the operator's token, made by the hub on its first start [default: HMAS_TOKEN_FILE, else {DefaultToken}]",
        HelpName = "file",
    };

    public Command AddTo(Command command)
    {
        command.Options.Add(_hub);
        command.Options.Add(_token);
        return command;
    }

    /// <summary>Lets a shell complete an argument with names that the hub knows; a hub that does not answer knows none.</summary>
    public Argument<T> Complete<T>(Argument<T> argument, Func<HubApi, CancellationToken, Task<IEnumerable<string>>> names)
    {
        argument.CompletionSources.Add(context => Known(context, names));
        return argument;
    }

    /// <summary>Runs one command against the hub; what the hub or the network refuses becomes one line on stderr and exit code 1.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<HubApi, Task<int>> work)
    {
        try
        {
            using var api = Open(parsed);
            return await work(api);
        }
        catch (OperationCanceledException e) when (e.InnerException is not TimeoutException)
        {
            return 130;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            await Console.Error.WriteLineAsync($"hmas: {Says(e)} (--hub {Front(parsed)})");
            return 1;
        }
    }

    private IEnumerable<CompletionItem> Known(CompletionContext context, Func<HubApi, CancellationToken, Task<IEnumerable<string>>> names)
    {
        try
        {
            using var limit = new CancellationTokenSource(CompletionLimit);
            using var api = Open(context.ParseResult, CompletionConnectLimit);
            return names(api, limit.Token).GetAwaiter().GetResult().Where(name => name.StartsWith(context.WordToComplete, StringComparison.Ordinal))
                .Select(static name => new CompletionItem(name));
        }
        catch (Exception e) when (IsRefusal(e))
        {
            // There is nobody to tell in the middle of a line; the command itself will say it.
            return [];
        }
    }

    private HubApi Open(ParseResult parsed, TimeSpan? connectWithin = null)
    {
        if (!Uri.TryCreate(Front(parsed), UriKind.Absolute, out var front) || front.Scheme is not ("http" or "https"))
            throw new HubRefusal("that is no http or https address");
        var token = parsed.GetValue(_token)?.FullName ?? Environment.GetEnvironmentVariable("HMAS_TOKEN_FILE") ?? DefaultToken;
        if (!File.Exists(token))
        {
            throw new HubRefusal(
                $"there is no operator's token at {Path.GetFullPath(token)}: name its file with --token-file or HMAS_TOKEN_FILE, or ask where the hub was started");
        }

        return new HubApi(front, File.ReadAllText(token).Trim(), connectWithin);
    }

    private static string Says(Exception e) => e switch
    {
        JsonException => "what answers there is no hub",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"no hub answers there: {e.Message}. Start one: ./hmas hub run; for one elsewhere give --hub or HMAS_HUB",
        OperationCanceledException => "the hub does not answer in time",
        _ => e.Message,
    };

    private static bool IsRefusal(Exception e) =>
        e is HttpRequestException or HubRefusal or IOException or UnauthorizedAccessException or JsonException or OperationCanceledException;

    private string Front(ParseResult parsed) => parsed.GetValue(_hub) ?? Environment.GetEnvironmentVariable("HMAS_HUB") ?? DefaultFront;
}
