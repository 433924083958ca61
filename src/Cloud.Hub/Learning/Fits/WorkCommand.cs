using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using Cloud.Hub.Learning.Contract;
using Grpc.Net.Client;
using Fits1 = Cloud.Hub.Learning.Contract.Fits1;

namespace Cloud.Hub.Learning.Fits;

/// <summary><c>hmas-hub work</c>: a process that fits models for a hub elsewhere. It needs nothing but
/// the address and a token, and may be killed at any time.</summary>
internal static class WorkCommand
{
    private const int MaxMessageBytes = 256 << 20;

    public static Command Create()
    {
        var learning = new Option<string>(
            "--learning") { HelpName = "uri", Description = "Address of the hub's Learning service, such as http://127.0.0.1:8300", Required = true };
        var token = new Option<FileInfo>("--token-file") { HelpName = "file", Description = "File with the operator's token of that hub", Required = true };
        var name = new Option<string>(
            "--name") { HelpName = "name", Description = "Name in lists of runs, by default machine and process", DefaultValueFactory = _ => string.Create(
                CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}") };
        var threads = new Option<int>("--threads") { HelpName = "number", Description = "Threads of a fit; they change no bit", DefaultValueFactory = _ => 1 };
        var memory = new Option<int>("--memory-mib") { HelpName = "number", Description = "Largest fit it takes, MiB of windows", DefaultValueFactory = _ => 1024 };
        var command = new Command(
            "work", "Fits models for a hub: takes leases, sends checkpoints, may be killed at any time") { learning, token, name, threads, memory };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(learning), parsed.GetRequiredValue(token),
            new FitWorkerDescription(parsed.GetRequiredValue(name), LearningService.CodeVersion, parsed.GetValue(memory)),
            parsed.GetValue(threads), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        string learning, FileInfo tokenFile, FitWorkerDescription description, int threads, CancellationToken cancellation)
    {
        using var logs = LoggerFactory.Create(static logging => logging.AddSimpleConsole(console => console.SingleLine = true));
        try
        {
            if (!Uri.TryCreate(learning, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                throw new IOException($"--learning: '{learning}' is no http or https address");
            var token = (await File.ReadAllTextAsync(tokenFile.FullName, cancellation)).Trim();
            using var client = new HttpClient { DefaultRequestVersion = System.Net.HttpVersion.Version20,
                DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var channel = GrpcChannel.ForAddress(
                address, new GrpcChannelOptions { HttpClient = client, MaxReceiveMessageSize = MaxMessageBytes,
                    MaxSendMessageSize = MaxMessageBytes });
            var jobs = new FitJobsGrpcClient(new Fits1.Fits.FitsClient(channel));
            await Console.Out.WriteLineAsync($"worker {description.Name} fits for {learning}");
            await new FitWorker(jobs, description, threads, TimeProvider.System, logs.CreateLogger<FitWorker>()).RunAsync(cancellation);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"hmas-hub: {e.Message}");
            return 1;
        }
    }
}
