using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Cloud.Hub.Host;
using Grpc.Net.Client;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Host;

/// <summary>The hub as a process of its own, which a test may kill: all its ports moved to free ones.</summary>
public sealed class HubProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly int _offset;
    private readonly string? _certificateFile;
    private readonly Lock _lock = new();
    private readonly List<string> _said = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private HubProcess(Process process, int offset, string folder, string? certificateFile)
    {
        _certificateFile = certificateFile;
        _process = process;
        _offset = offset;
        Folder = folder;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Its data folder as it sees it.</summary>
    public string Folder { get; }

    public string TokenFile => FileOf("operator.token");

    public string Token => File.ReadAllText(TokenFile).Trim();

    /// <summary>Everything it printed so far.</summary>
    public string Said
    {
        get
        {
            lock (_lock) return string.Join('\n', _said);
        }
    }

    public int MqttPort => 1883 + _offset;

    /// <summary>Returns when it listens on all its ports.</summary>
    /// <param name="home">Home folder of the process; null: this one's.</param>
    /// <param name="diskBytes">Size of a disk of its own that its data folder is on, half of it taken
    /// by a file <c>ballast</c>; null: this machine's.</param>
    /// <exception cref="InvalidOperationException">It ended, or said nothing for three minutes; the message holds what it printed.</exception>
    public static async Task<HubProcess> StartAsync(
        string services, string folder, IReadOnlyDictionary<string, string>? settings = null, string? home = null, int? diskBytes = null)
    {
        var offset = FreePorts.HubOffset();
        List<string> arguments = [
            Path.Combine(AppContext.BaseDirectory, "hmas-hub.dll"), "run", "--services", services, "--data", folder, "--port-offset",
            offset.ToString(CultureInfo.InvariantCulture)];
        foreach (var (key, value) in settings ?? new Dictionary<string, string>()) arguments.AddRange(["--set", $"{key}={value}"]);
        List<string> line = ["dotnet", .. arguments];
        if (diskBytes is { } bytes)
        {
            // In a mount namespace of its own: needs no root, and the disk goes with the process.
            Directory.CreateDirectory(folder);
            var mount = string.Create(
                CultureInfo.InvariantCulture,
                $"mount -t tmpfs -o size={bytes},mode=700 tmpfs \"$0\" && head -c {bytes / 2} /dev/zero > \"$0/ballast\" && exec \"$@\"");
            line = ["unshare", "-r", "-m", "sh", "-c", mount, folder, .. line];
        }

        var start = new ProcessStartInfo(line[0], line.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Only its Main may decide about these.
        start.Environment.Remove("ORT_DISABLE_TELEMETRY");
        start.Environment.Remove("XDG_CACHE_HOME");
        start.Environment.Remove("XDG_DATA_HOME");
        if (home is not null) start.Environment["HOME"] = home;
        var hub = new HubProcess(
            Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start"), offset, folder,
            settings?.GetValueOrDefault("tls:certificateFile"));
        await hub.SaysAsync("tokens are in");
        return hub;
    }

    /// <summary>The first line, printed already or yet to come, that contains the text.</summary>
    public async Task<string> SaysAsync(string text)
    {
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_said.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } found) return found;
                more = _more.Task;
            }

            if (patience.IsCancellationRequested || (_reading.IsCompleted && !more.IsCompleted))
                throw new InvalidOperationException($"the hub did not say '{text}', but:\n{Said}");
            await Task.WhenAny(more, _reading, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, patience.Token));
        }
    }

    /// <summary>A file of its data folder, also where that is on a disk of its own.</summary>
    public string FileOf(string name) => $"/proc/{_process.Id}/root{Path.Combine(Folder, name)}";

    public Uri Address(string service) =>
        new($"{(_certificateFile is null ? "http" : "https")}://127.0.0.1:{HubServices.DefaultPort(service) + _offset}");

    /// <summary>Settings that let another hub find services in this one.</summary>
    public Dictionary<string, string> Remotes(params string[] services)
    {
        var settings = services.ToDictionary(static service => $"remotes:{service}", service => Address(service).ToString());
        settings["remoteTokenFile"] = TokenFile;
        return settings;
    }

    public HttpClient Http(string service)
    {
        var handler = new HttpClientHandler();
        if (_certificateFile is not null)
        {
            var shown = X509CertificateLoader.LoadCertificateFromFile(_certificateFile).Thumbprint;
            handler.ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Thumbprint == shown;
        }

        var client = new HttpClient(handler) { BaseAddress = Address(service) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    public GrpcChannel Grpc(string service)
    {
        var client = Http(service);
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return GrpcChannel.ForAddress(Address(service), new GrpcChannelOptions { HttpClient = client, DisposeHttpClient = true });
    }

    /// <summary>Libraries and other files in its memory, as the kernel lists them.</summary>
    public string MappedFiles => File.ReadAllText($"/proc/{_process.Id}/maps");

    /// <summary>What its environment was when it started.</summary>
    public string StartEnvironment => File.ReadAllText($"/proc/{_process.Id}/environ");

    /// <summary>Where its open descriptors lead.</summary>
    public IReadOnlyList<string> OpenFiles =>
        [.. Directory.EnumerateFileSystemEntries($"/proc/{_process.Id}/fd").Select(static fd => new FileInfo(fd).LinkTarget ?? "")];

    /// <summary>SIGKILL: nothing of it runs any more when this returns.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _said.Add(line);
                _more.SetResult();
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
