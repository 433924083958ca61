using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Hmas.Testing;

/// <summary>An S3 service of somebody else's making as a process: s3rver from npm, its objects in a temp folder, one bucket.</summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "artefacts-of-a-test";

    /// <summary>What its requests are signed with.</summary>
    public const string AccessKey = "S3RVER";

    private readonly TempFolder _folder = new();
    private readonly Process _process;

    private S3Server(int port)
    {
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        SecretKeyFile = _folder.File("secret-key");
        File.WriteAllText(SecretKeyFile, "S3RVER\n");
        File.SetUnixFileMode(SecretKeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var program = Path.Combine(Repository.Root, "tests", "Hmas.Testing", "S3", "node_modules", "s3rver", "bin", "s3rver.js");
        if (!File.Exists(program)) throw new InvalidOperationException($"{program} is missing: run npm ci in tests/Hmas.Testing/S3");
        _process = Process.Start(new ProcessStartInfo(
            "node",
            [program, "--silent", "-d", _folder.File("objects"), "-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture),
                "--configure-bucket", Bucket])) ?? throw new InvalidOperationException("node did not start");
    }

    public Uri Address { get; }

    public string SecretKeyFile { get; }

    public static async Task<S3Server> StartAsync()
    {
        var server = new S3Server(FreePorts.One());
        var began = Stopwatch.GetTimestamp();
        while (!await AnswersAsync(server.Address))
        {
            if (server._process.HasExited || Stopwatch.GetElapsedTime(began) > Eventually.Limit) throw new InvalidOperationException("s3rver did not start");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return server;
    }

    /// <summary>Ends the service; its objects stay until it is disposed.</summary>
    public async Task StopAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static async Task<bool> AnswersAsync(Uri address)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
