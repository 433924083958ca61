using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Client;

namespace Trust.Cli;

/// <summary>The three commands; each returns when it is done and throws when it is not.</summary>
internal static class Commands
{
    private static readonly UpdateLimits Limits = new();

    public static async Task RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellation)
    {
        switch (arguments.Command)
        {
            case "init" when arguments.Operands is [var root]:
                Initialise(arguments, root);
                break;
            case "refresh" when arguments.Operands is []:
                await RefreshAsync(arguments, time, cancellation);
                break;
            case "download" when arguments.Operands is []:
                await DownloadAsync(arguments, time, cancellation);
                break;
            default:
                throw new ArgumentException($"no command '{string.Join(' ', arguments.Operands.Prepend(arguments.Command))}'");
        }
    }

    private static void Initialise(Arguments arguments, string root)
    {
        var folder = arguments.One("--metadata-dir");
        var bytes = ReadRoot(root);
        UpdateClient.Initialise(new MetadataFolder(folder), bytes);
    }

    /// <summary>A pipe or device has no length beforehand, so the bytes are counted as they come.</summary>
    private static byte[] ReadRoot(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[Limits.MaxRootBytes + 1];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count < bytes.Length
            ? bytes[..count] : throw new UpdateException(UpdateReason.TooLarge, $"{path} has more than {Limits.MaxRootBytes} bytes");
    }

    private static async Task RefreshAsync(Arguments arguments, TimeProvider time, CancellationToken cancellation)
    {
        using var fetcher = new HttpFetcher(Limits, time);
        await Client(arguments, fetcher, time).RefreshAsync(cancellation);
    }

    private static async Task DownloadAsync(Arguments arguments, TimeProvider time, CancellationToken cancellation)
    {
        var names = arguments.All("--target-name");
        var mirrors = new Mirrors(arguments.All("--target-base-url"));
        var folder = new TargetFolder(arguments.One("--target-dir"));
        using var fetcher = new HttpFetcher(Limits, time);
        var client = Client(arguments, fetcher, time);
        await client.RefreshAsync(cancellation);
        foreach (var name in names)
        {
            var target = await client.FindAsync(name, cancellation);
            Console.WriteLine(await client.DownloadAsync(target, mirrors, folder, cancellation));
        }
    }

    private static UpdateClient Client(Arguments arguments, HttpFetcher fetcher, TimeProvider time) =>
        new(new MetadataFolder(arguments.One("--metadata-dir")), new Mirrors(arguments.All("--metadata-url")), fetcher, Limits, time);
}
