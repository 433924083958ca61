using System.Net;
using Edge.Agent.Experience;
using Edge.Agent.Models;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Models;
using Hmas.Messaging;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>The slots and installs, and everything that brings a model, or another artefact, into place.</summary>
internal sealed class AgentModels : IDisposable
{
    private readonly AgentLadder _ladder;
    private readonly SlotStart _start;
    private readonly InstallTrial _installTrial;
    private readonly TaskCompletionSource _restartWanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpModelSource? _source;
    private readonly ModelOrders? _orders;
    private readonly PeerChunks? _peers;
    private readonly ChunkServer? _chunks;

    /// <param name="password">Of the device at the hub.</param>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    public AgentModels(
        AgentSettings settings, DeviceRecord record, string? password, string bootId, IFactSink facts, AgentLadder ladder, TimeProvider time,
        ILogger logger)
    {
        _ladder = ladder;
        var slot = ladder.Pipeline.Slot;
        var channels = ladder.Sensor.Channels;
        Slots = new ModelSlots(record, logger);
        var installs = new InstallFolder(settings.Device.StateFolder);
        var isLaunched = Environment.GetEnvironmentVariable("HMAS_LAUNCHER") is not null;
        Reporter = new SlotReporter(bootId, facts, slot, InstallFolder.Running, time, logger);
        if (settings.Hub.Broker is not null)
        {
            var tls = settings.Hub.CaFile is { } authority ? TlsTrust.ClientOptions(authority) : null;
            _source = new HttpModelSource(
                settings.Hub.Artefacts, settings.Device.Id, password, settings.Model,
                new SocketsHttpHandler { SslOptions = tls ?? new(), UseCookies = false }, time, logger);
            if (settings.Model.ImageRoot is not null)
                _orders = new ModelOrders(settings.Device, settings.Hub, settings.Model, password, tls, time, logger);
        }

        var hardware = settings.Device.Hardware ?? DeviceIdentity.GenericHardware;
        var verifier = new ModelVerifier(TrustedKeys(settings.Model), hardware, channels, ladder.Sensor.RateHz, settings.Model.MaxPackageBytes);
        var loader = new SlotLoader(Slots, verifier, settings.Model.MaxPackageBytes);
        Tuning = new HeadTuningLoop(
            new HeadTuningStep(Slots, loader, ladder.TuningRows, channels, settings.Model, settings.Pipeline.MaxGap, time), time);
        var program = isLaunched ? Environment.ProcessPath : null;
        var held = new HeldChunks(Slots, program);
        var secret = Secrets.OfSite(settings.Peers);
        if (settings.Peers.Asks())
            _peers = new PeerChunks(settings.Peers, secret, settings.Model.DownloadBytesPerSecond, PeerChunks.ConnectWithin, time, logger);
        if (settings.Peers.Listen is { } listen)
            _chunks = new ChunkServer(IPEndPoint.Parse(listen), secret!, settings.Peers.BytesPerSecond, held.Find, time, logger);
        var whole = _source is null || _peers is null ? (IModelSource?)_source : new ChunkModelSource(_source, held, _peers, logger);
        var parts = _source is null ? null : new DeltaModelSource(_source, whole!, new HeldArtefacts(Slots, program), logger);
        var source = parts is null ? null : new CheckedFetch(parts, _source!, Slots.Packages, logger);
        var fetch = new PackageFetch(Slots, loader, verifier, source, _orders, Reporter, time);
        var trial = new ModelTrial(
            Slots, new SlotProbe(settings.Model.ProbeLatency, time), slot, ladder.Watch, ladder.Rows, Reporter, channels, settings.Model, time);
        var swap = new ModelSwap(Slots, loader, slot, ladder.Watch, Reporter, time);
        _start = new SlotStart(Slots, loader, verifier, slot, Reporter, settings.Model.Package, logger);
        var installFetch = source is not null && isLaunched ? new InstallFetch(Slots, verifier, source, _orders, hardware) : null;
        var probe = new InstallProbe([.. Environment.GetCommandLineArgs().Skip(1)], Environment.ProcessPath ?? "", time);
        _installTrial = new InstallTrial(installs, Slots, Reporter, Health, Restart, time);
        Updater = new ModelUpdater(
            Slots, fetch, trial, swap, new InstallUpdater(installs, installFetch, probe, Slots, Reporter, Restart), slot, ladder.Watch, Reporter,
            time, logger);
    }

    public ModelSlots Slots { get; }

    public SlotReporter Reporter { get; }

    public ModelUpdater Updater { get; }

    public HeadTuningLoop Tuning { get; }

    /// <summary>Of the last step that was told, else what the slots hold.</summary>
    public SlotState State =>
        Reporter.Last?.State ?? (Slots.Current.Active is null ? SlotState.Empty : Slots.Current.Committed ? SlotState.Committed : SlotState.Active);

    /// <summary>Whether the hub is reached, or there is none to reach.</summary>
    public Func<bool> IsLinked { private get; set; } = static () => true;

    /// <summary>Completes when another install is to run: the program ends in order, and the launcher starts it.</summary>
    public Task RestartWanted => _restartWanted.Task;

    /// <summary>Puts the model of the active slot into the pipeline; before the first sample of a recording.</summary>
    public void Start()
    {
        _installTrial.Start();
        _start.Run();
    }

    public IEnumerable<Task> Run(CancellationToken ct) => 
    [
        Updater.RunAsync(ct), _installTrial.RunAsync(ct), Tuning.RunAsync(ct), _chunks?.RunAsync(ct) ?? Task.CompletedTask,
    ];

    public void Dispose()
    {
        _ladder.Pipeline.Slot.Exchange(null)?.Dispose();
        _source?.Dispose();
        _orders?.Dispose();
        _peers?.Dispose();
    }

    private void Restart() => _restartWanted.TrySetResult();

    private InstallHealth Health()
    {
        var counters = _ladder.Counters;
        return new InstallHealth(
            counters.Frames, counters.Windows, counters.InvalidWindows, _ladder.Pipeline.Slot.ActiveDigest is not null, IsLinked());
    }

    private static IReadOnlyList<byte[]> TrustedKeys(ModelOptions options)
    {
        if (options.TrustedKeysFile is null) return [];
        try
        {
            return PublicKeyFile.Read(options.TrustedKeysFile);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new SettingsException([$"model:trustedKeysFile: {error.Message}"], error);
        }
    }
}
