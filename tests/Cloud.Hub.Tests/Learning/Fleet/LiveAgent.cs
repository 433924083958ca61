using System.Globalization;
using System.Net.Http.Json;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Tests.Host;
using Edge.Agent.Hosting;
using Edge.Agent.Settings;
using Hmas.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Learning.Fleet;

/// <summary>The whole agent in this process: its own code from sample to slot, on a disk of its own, over the hub's real broker.</summary>
internal sealed class LiveAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly AgentRuntime _runtime;
    private readonly SystemdNotifier _systemd;
    private readonly Task _running;
    private readonly string _recordings;

    private LiveAgent(string id, string recordings, AgentRuntime runtime, SystemdNotifier systemd)
    {
        (Id, _recordings, _runtime, _systemd) = (id, recordings, runtime, systemd);
        _running = runtime.RunAsync(_stop.Token);
    }

    public string Id { get; }

    /// <summary>Enrols it and starts it; it plays every recording that is put into its folder.</summary>
    /// <param name="more">Settings beside those that every device of these tests has.</param>
    public static async Task<LiveAgent> StartAsync(HubFixture hub, string folder, string id, params string[] more)
    {
        var recordings = Path.Combine(folder, id, "recordings");
        Directory.CreateDirectory(recordings);
        var enrolment = await hub.Get<IFleet>().EnrolAsync("site-a", id, default);
        var (password, keys) = (Path.Combine(folder, id, "password"), Path.Combine(folder, "keys.pem"));
        await using (var file = new FileStream(
            password,
            new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(enrolment.Password));
        }

        using (var http = hub.Http("redistribution"))
        {
            PublicKeyFile.Write(keys, (await http.GetFromJsonAsync<Dictionary<string, byte[][]>>("keys"))!["ed25519"]);
        }

        string[] settings =
        [
            "device:site=site-a", $"device:id={id}", $"device:stateFolder={Path.Combine(folder, id, "state")}",
            "sensor:kind=replay", $"sensor:replay:folder={recordings}", "sensor:replay:follow=true", "sensor:replay:followInterval=00:00:00.050",
            "sensor:replay:speed=600",
            .. StateRecording.Channels.SelectMany((
                channel, i) => new[] { $"sensor:replay:columns:{i}:column={channel}", $"sensor:replay:columns:{i}:channel={channel}" }),
            string.Create(CultureInfo.InvariantCulture, $"hub:broker=mqtt://127.0.0.1:{hub.Ports.Mqtt}"),
            $"hub:artefacts={hub.Address("redistribution")}", $"hub:passwordFile={password}",
            "hub:batchDelay=00:00:00.100", "hub:reportInterval=00:00:01", $"model:trustedKeysFile={keys}", "model:evidenceWindows=20",
            "status:socket=" + Path.Combine(folder, $"{id}.sock"), .. more,
        ];
        var loaded = SettingsLoader.Load(null, new Dictionary<string, string>(), settings);
        var systemd = new SystemdNotifier(null, null);
        return new LiveAgent(
            id, recordings, await AgentRuntime.CreateAsync(loaded, systemd, TimeProvider.System, NullLoggerFactory.Instance, default), systemd);
    }

    /// <summary>Plays one more recording behind those before it.</summary>
    /// <param name="text">CSV as <see cref="StateRecording"/> writes it.</param>
    public void Play(string name, string text)
    {
        var hidden = Path.Combine(Path.GetDirectoryName(_recordings)!, "next");
        File.WriteAllText(hidden, text);
        File.Move(hidden, Path.Combine(_recordings, $"{name}.csv"));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _runtime.DisposeAsync();
        _systemd.Dispose();
        _stop.Dispose();
    }
}
