using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Hmas.Testing;

/// <summary>An S3 service of somebody else's making with one bucket: s3rver from npm as a process, its objects in a temp folder; or the one
/// that the environment names, <c>HMAS_S3=http://KEY:SECRET@HOST:PORT/BUCKET</c>, to try the same tests on it.</summary>
/// <remarks>Where that one gives objects to anybody at another address than its own, <c>HMAS_S3_PUBLIC</c> is that address of the bucket.</remarks>
public sealed class S3Server : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Process? _process;

    private S3Server(UriBuilder service, string? publicAddress)
    {
        (AccessKey, Bucket) = (Uri.UnescapeDataString(service.UserName), service.Path.Trim('/'));
        SecretKeyFile = _folder.File("secret-key");
        File.WriteAllText(SecretKeyFile, Uri.UnescapeDataString(service.Password) + "\n");
        File.SetUnixFileMode(SecretKeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Address = new UriBuilder(service.Scheme, service.Host, service.Port).Uri;
        PublicAddress = new Uri(publicAddress ?? $"{Address}{Bucket}/");
    }

    private S3Server(int port)
        : this(new UriBuilder("http", "127.0.0.1", port, "artefacts-of-a-test") { UserName = "S3RVER", Password = "S3RVER" }, null)
    {
        var program = Path.Combine(Repository.Root, "tests", "Hmas.Testing", "S3", "node_modules", "s3rver", "bin", "s3rver.js");
        if (!File.Exists(program)) throw new InvalidOperationException($"{program} is missing: run npm ci in tests/Hmas.Testing/S3");
        _process = Process.Start(new ProcessStartInfo(
            "node",
            [program, "--silent", "-d", _folder.File("objects"), "-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture),
                "--configure-bucket", Bucket])) ?? throw new InvalidOperationException("node did not start");
    }

    public Uri Address { get; }

    /// <summary>Of the bucket for who has no key; ends with a slash.</summary>
    public Uri PublicAddress { get; }

    public string Bucket { get; }

    /// <summary>What its requests are signed with.</summary>
    public string AccessKey { get; }

    public string SecretKeyFile { get; }

    public static async Task<S3Server> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("HMAS_S3") is { Length: > 0 } service)
            return new S3Server(new UriBuilder(service), Environment.GetEnvironmentVariable("HMAS_S3_PUBLIC"));
        var server = new S3Server(FreePorts.One());
        var began = Stopwatch.GetTimestamp();
        while (!await AnswersAsync(server.Address))
        {
            if (server._process!.HasExited || Stopwatch.GetElapsedTime(began) > Eventually.Limit) throw new InvalidOperationException("s3rver did not start");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

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
