using System.Globalization;
using Operator.Cli.Fleet;
using Operator.Cli.Hub;

namespace Operator.Cli.Demo.Site;

/// <summary>The hub and the devices of the demo as processes of this machine.</summary>
internal sealed class DemoSite : IAsyncDisposable
{
    public const string SiteId = "pumphouse";

    private const int FrontPort = 8080;
    private const int ArtefactPort = 8900;

    private readonly DemoOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<Device, AgentService> _agents = [];
    private ChildProcess? _hub;
    private HubApi? _api;

    public DemoSite(DemoOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        var startUs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond * 1_000_000;
        Devices = [.. Enumerable.Range(1, options.Devices).Select(number =>
            new Device(
                $"pump-{number}", Path.Combine(options.WorkFolder, string.Create(CultureInfo.InvariantCulture, $"pump-{number}")), startUs,
                options.Speed, time))];
    }

    public IReadOnlyList<Device> Devices { get; }

    public HubApi Api => _api ?? throw new InvalidOperationException("the hub is not started");

    public Uri Front => new($"http://127.0.0.1:{FrontPort + _options.PortOffset}/");

    /// <summary>Where devices fetch.</summary>
    public Uri Artefacts => new($"http://127.0.0.1:{ArtefactPort + _options.PortOffset}/");

    /// <summary>Where the devices find the keys they trust and the roots they begin with.</summary>
    private DeviceTrust Trust => DeviceTrust.In(_options.WorkFolder);

    private static string SettingsFile(Device device) => Path.Combine(device.Folder, "agent.yaml");

    private string HubSettingsFile => Path.Combine(_options.WorkFolder, "hub.yaml");

    /// <summary>The hub's data.</summary>
    public string HubFolder => Path.Combine(_options.WorkFolder, "hub");

    /// <summary>Where a device keeps what updates it.</summary>
    public static string InstallsOf(Device device) => Path.Combine(device.Folder, "state", "installs");

    private string Publish(string program) => Path.Combine(_options.Root.FullName, "artifacts", "publish", program);

    /// <summary>Gets the registry's public keys and the first roots of both repositories, as a person
    /// would put them on a device when flashing it.</summary>
    public async Task FetchTrustAsync(CancellationToken cancellation) =>
        await Trust.FetchAsync(Artefacts, await TokenAsync(cancellation), Devices[0].Id, cancellation);

    /// <summary>Starts the hub with these settings and waits until it answers.</summary>
    public async Task StartHubAsync(string settings, CancellationToken cancellation)
    {
        Directory.CreateDirectory(HubFolder);
        await File.WriteAllTextAsync(HubSettingsFile, settings, cancellation);
        LaunchHub();
        await HubAnswersAsync(cancellation);
        _api = new HubApi(Front, await TokenAsync(cancellation));
    }

    /// <summary>The operator token that the hub made on its first start.</summary>
    public async Task<string> TokenAsync(CancellationToken cancellation) =>
        (await File.ReadAllTextAsync(Path.Combine(HubFolder, "operator.token"), cancellation)).Trim();

    /// <summary>Enrols a device and starts its agent.</summary>
    /// <param name="more">Sections of its settings beside the demo's own.</param>
    public async Task StartDeviceAsync(Device device, CancellationToken cancellation, string more = "")
    {
        var enrolment = await Api.EnrolAsync(SiteId, device.Id, cancellation);
        var passwordFile = Path.Combine(device.Folder, "password");
        DeviceFolder.WriteSecret(passwordFile, enrolment.Password);
        await File.WriteAllTextAsync(
            SettingsFile(device),
            AgentSettings.Write(device, passwordFile, _options, _options.MqttPort, Artefacts, Trust) + more, cancellation);
        _agents[device] = new AgentService(() => Launch(device), _time);
    }

    /// <summary>Ends a device's agent at once, as a crash or a power cut would, and returns when it has been started again.</summary>
    public Task CrashDeviceAsync(Device device) => _agents[device].CrashAsync();

    /// <summary>Ends the hub, its broker with it, at once, and starts it again; does not wait until it answers.</summary>
    public async Task CrashHubAsync()
    {
        if (_hub is not null) await _hub.KillAsync();
        LaunchHub();
    }

    /// <summary>Size of the page that a browser would get.</summary>
    public async Task<int> DashboardBytesAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient();
        return (await http.GetByteArrayAsync(Front, cancellation)).Length;
    }

    /// <summary>Memory the agent holds now, bytes.</summary>
    public long ResidentBytes(Device device) => _agents[device].ResidentBytes;

    /// <summary>Memory the hub holds now, bytes.</summary>
    public long HubResidentBytes => _hub?.ResidentBytes ?? 0;

    /// <exception cref="InvalidOperationException">One of the programs has ended; the message holds the tail of its log.</exception>
    public void RequireRunning()
    {
        _hub?.RequireRunning();
        foreach (var agent in _agents.Values) agent.RequireRunning();
    }

    /// <summary>As <c>deploy/edge/install.sh</c> lays it out: the launcher beside the program and its libraries, which are more where it runs
    /// under the JIT.</summary>
    private string Opt()
    {
        var opt = Path.Combine(_options.WorkFolder, "opt");
        if (Directory.Exists(opt)) return opt;
        var unfinished = Directory.CreateDirectory(opt + ".new").FullName;
        File.Copy(Path.Combine(_options.Root.FullName, "deploy", "edge", "hmas-launch"), Path.Combine(unfinished, "hmas-launch"), overwrite: true);
        foreach (var file in Directory.EnumerateFiles(Publish("agent"))
            .Where(static file => Path.GetExtension(file) is not (".dbg" or ".pdb" or ".xml")))
            File.Copy(file, Path.Combine(unfinished, Path.GetFileName(file)), overwrite: true);
        Directory.Move(unfinished, opt);
        return opt;
    }

    private ChildProcess Launch(Device device) => ChildProcess.Start(
        $"the agent of {device.Id}", Path.Combine(Opt(), "hmas-launch"), ["run", "--settings", SettingsFile(device)],
        Path.Combine(device.Folder, "agent.log"),
        new Dictionary<string, string> { ["HMAS_INSTALLS"] = InstallsOf(device) });

    private void LaunchHub() => _hub = ChildProcess.Start(
        "the hub", Path.Combine(Publish("hub"), "hmas-hub"),
        ["run", "--data", HubFolder, "--settings", HubSettingsFile, "--port-offset", Text(_options.PortOffset), "--ports",
            $"mqtt={Text(_options.MqttPort - _options.PortOffset)}"],
        Path.Combine(_options.WorkFolder, "hub.log"));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    public async Task HubAnswersAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient();
        while (true)
        {
            _hub?.RequireRunning();
            try
            {
                using var answer = await http.GetAsync(new Uri(Front, "healthz"), cancellation);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), _time, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_agents.Values.Select(static agent => agent.DisposeAsync().AsTask()));
        _api?.Dispose();
        if (_hub is not null) await _hub.DisposeAsync();
    }
}
