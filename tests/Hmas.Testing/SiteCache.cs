using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Hmas.Testing;

/// <summary>Debian's nginx with <c>deploy/edge/site-cache.conf</c> as it is there, but for addresses and folders.</summary>
public sealed class SiteCache : IAsyncDisposable
{
    public const string Program = "/usr/sbin/nginx";

    private readonly TempFolder _folder = new();
    private readonly Process _process;

    private SiteCache(string settings, int hubPort, string scheme, string token, TestAuthority authority)
    {
        Install("hub-ca.crt", authority.CaFile);
        var (certificate, key) = authority.Issue("cache.site");
        Install("cache.crt", certificate);
        Install("cache.key", key);
        File.WriteAllText(_folder.File("cache-token.conf"), $"proxy_set_header Authorization \"Bearer {token}\";\n");
        foreach (var (mine, here) in ((string, string)[])[
            ("server hub.example:8900;", Invariant($"server 127.0.0.1:{hubPort};")), ("listen 8391;", Invariant($"listen 127.0.0.1:{ChunkPort};")),
            ("listen 8392 ssl;", Invariant($"listen 127.0.0.1:{WholePort} ssl;")), ("https://hmas_hub", $"{scheme}://hmas_hub"),
            ("allow 192.168.7.0/24;", "allow 127.0.0.1;"), ("/var/cache/nginx/hmas", _folder.File("cache")),
            ("/var/log/nginx/hmas-cache.log", LogFile), ("/etc/hmas/", _folder.Path + "/")])
        {
            if (!settings.Contains(mine, StringComparison.Ordinal)) throw new InvalidOperationException($"site-cache.conf has no '{mine}'");
            settings = settings.Replace(mine, here, StringComparison.Ordinal);
        }

        File.WriteAllText(_folder.File("site-cache.conf"), settings);
        // A line of its own where root starts it: its workers could not write the temp folder otherwise.
        File.WriteAllText(_folder.File("nginx.conf"), $$"""
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            daemon off;
            worker_processes 1;
            pid {{_folder.File("nginx.pid")}};
            events { worker_connections 256; }
            http {
              client_body_temp_path {{_folder.File("body")}}; proxy_temp_path {{_folder.File("proxy")}}; fastcgi_temp_path {{_folder.File("fastcgi")}};
              uwsgi_temp_path {{_folder.File("uwsgi")}}; scgi_temp_path {{_folder.File("scgi")}};
              include {{_folder.File("site-cache.conf")}};
            }
            """);
        _process = Process.Start(new ProcessStartInfo(
            Program, ["-p", _folder.Path, "-c", _folder.File("nginx.conf"), "-e", _folder.File("error.log")])) ??
                throw new InvalidOperationException($"{Program} did not start");
    }

    /// <summary>Where <c>peers:sources</c> would lead, plain HTTP.</summary>
    public Uri Chunks => new(Invariant($"http://127.0.0.1:{ChunkPort}/"));

    /// <summary>Where <c>hub:artefacts</c> would lead, HTTPS with a certificate of the authority.</summary>
    public Uri Whole => new(Invariant($"https://127.0.0.1:{WholePort}/"));

    /// <summary>Requests so far, a line each: method, path, status, and what the cache did.</summary>
    public IReadOnlyList<string> Requests =>
        [.. File.ReadLines(LogFile).Select(static line => string.Join(' ', line.Split(' ')[2..6]))];

    private int ChunkPort { get; } = FreePorts.One();

    private int WholePort { get; } = FreePorts.One();

    private string LogFile => _folder.File("access.log");

    /// <param name="hub">Of the Redistribution service.</param>
    /// <param name="token">What the hub gave for caches.</param>
    /// <param name="authority">Of the hub's certificate, where <paramref name="hub"/> is https, and of the cache's own.</param>
    public static async Task<SiteCache> StartAsync(Uri hub, string token, TestAuthority authority)
    {
        var settings = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "edge", "site-cache.conf"));
        var cache = new SiteCache(settings, hub.Port, hub.Scheme, token, authority);
        var began = Stopwatch.GetTimestamp();
        while (!await ListensAsync(cache.WholePort))
        {
            if (cache._process.HasExited || Stopwatch.GetElapsedTime(began) > Eventually.Limit)
                throw new InvalidOperationException($"nginx did not start: {await File.ReadAllTextAsync(cache._folder.File("error.log"))}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return cache;
    }

    /// <summary>Changes a byte in what the cache keeps for this path, as a failing disk or somebody at the site would.</summary>
    public void Tamper(string path)
    {
        foreach (var file in Directory.EnumerateFiles(_folder.File("cache"), "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            if (bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes($"\nKEY: {path}\n")) < 0) continue;
            bytes[^1] ^= 1;
            File.WriteAllBytes(file, bytes);
            return;
        }

        throw new InvalidOperationException($"the cache keeps nothing for {path}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static async Task<bool> ListensAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Install(string name, string from) => File.Copy(from, _folder.File(name));
}
