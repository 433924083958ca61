using Edge.Agent.Experience;
using Edge.Agent.Models;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Models;
using Hmas.Messaging;
using Hmas.Trust;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>The slots, and everything that brings a model into the active one.</summary>
internal sealed class AgentModels : IDisposable
{
    private readonly AgentLadder _ladder;
    private readonly SlotStart _start;
    private readonly HttpModelSource? _source;
    private readonly ModelOrders? _orders;

    /// <param name="password">Of the device at the hub.</param>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    public AgentModels(AgentSettings settings, string? password, string bootId, IFactSink facts, AgentLadder ladder, TimeProvider time, ILogger logger)
    {
        _ladder = ladder;
        var slot = ladder.Pipeline.Slot;
        var channels = ladder.Sensor.Channels;
        Slots = ModelSlots.Open(settings.Device.StateFolder, logger);
        Reporter = new SlotReporter(bootId, facts, slot, time, logger);
        if (settings.Hub.Broker is not null)
        {
            var tls = settings.Hub.CaFile is { } authority ? TlsTrust.ClientOptions(authority) : null;
            _source = new HttpModelSource(settings.Hub.Artefacts, settings.Device.Id, password, settings.Model, new SocketsHttpHandler { SslOptions = tls ?? new() }, time, logger);
            if (settings.Model.ImageRoot is not null) _orders = new ModelOrders(settings.Device, settings.Hub, settings.Model, password, tls, time, logger);
        }

        var verifier = new ModelVerifier(TrustedKeys(settings.Model), channels, ladder.Sensor.RateHz, settings.Model.MaxPackageBytes);
        var loader = new SlotLoader(Slots, verifier, settings.Model.MaxPackageBytes);
        var fetch = new PackageFetch(Slots, loader, verifier, _source is null ? null : new DeltaModelSource(_source, Slots, logger), _orders, Reporter, time);
        var trial = new ModelTrial(Slots, new SlotProbe(settings.Model.ProbeLatency, time), slot, ladder.Watch, ladder.Rows, Reporter, channels, settings.Model, time);
        var swap = new ModelSwap(Slots, loader, slot, ladder.Watch, Reporter, time);
        _start = new SlotStart(Slots, loader, verifier, slot, Reporter, settings.Model.Package, logger);
        Updater = new ModelUpdater(Slots, fetch, trial, swap, slot, ladder.Watch, Reporter, time, logger);
    }

    public ModelSlots Slots { get; }

    public SlotReporter Reporter { get; }

    public ModelUpdater Updater { get; }

    /// <summary>Of the last step that was told, else what the slots hold.</summary>
    public SlotState State =>
        Reporter.Last?.State ?? (Slots.Current.Active is null ? SlotState.Empty : Slots.Current.Committed ? SlotState.Committed : SlotState.Active);

    /// <summary>Puts the model of the active slot into the pipeline, before the first sample.</summary>
    public void Start() => _start.Run();

    public void Dispose()
    {
        _ladder.Pipeline.Slot.Exchange(null)?.Dispose();
        _source?.Dispose();
        _orders?.Dispose();
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
