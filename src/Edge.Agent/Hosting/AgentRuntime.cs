using System.Diagnostics;
using System.Text.Json;
using Edge.Agent.Actions;
using Edge.Agent.Experience;
using Edge.Agent.Models;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Agent.Sampling;
using Edge.Agent.Settings;
using Edge.Agent.Sync;
using Edge.Agent.Sync.Downlink;
using Edge.Agent.Sync.Outbox;
using Edge.Agent.Sync.Uplink;
using Edge.Sensors;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Hmas.Storage;
using Hmas.Trust;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>The whole agent, wired in ladder order: it makes the parts, runs their loops, and takes them down in turn.</summary>
internal sealed class AgentRuntime : IAsyncDisposable, ICommandActions
{
    private static readonly TimeSpan LadderLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SaveTotalsEvery = TimeSpan.FromMinutes(1);

    private readonly AgentSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _bootId = Guid.NewGuid().ToString("N");
    private readonly long _startedAt;
    private readonly LostWrites _lost = new();
    private readonly AgentCounters _counters;
    private readonly SamplingBoost _boost = new();
    private readonly FactOutbox _outbox;
    private readonly ISensor _sensor;
    private readonly IReadOnlyList<IActuator> _actuators;
    private readonly RuleSet _rules;
    private readonly DecisionLog? _decisionLog;
    private readonly ExperienceStore _experience;
    private readonly SampleQueue _queue;
    private readonly PerceptionPipeline _pipeline;
    private readonly ActionDispatcher _dispatcher;
    private readonly SamplingLoop _sampling;
    private readonly Heart _ladderHeart;
    private readonly ModelSlots _slots;
    private readonly SlotReporter _slotReporter;
    private readonly SlotStart _slotStart;
    private readonly ModelUpdater _updater;
    private readonly HttpModelSource? _source;
    private readonly ModelOrders? _orders;
    private readonly TotalsFile _totals;
    private readonly TwinFile _twin;
    private readonly HubLoops? _hub;
    private readonly SystemdNotifier _systemd;
    private readonly MemoryDiet _memory;
    private readonly TaskCompletionSource _streamEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _session;

    private AgentRuntime(AgentSettings settings, FactOutbox outbox, SystemdNotifier systemd, TimeProvider time, ILoggerFactory loggers)
    {
        _settings = settings;
        _outbox = outbox;
        _systemd = systemd;
        _time = time;
        _logger = loggers.CreateLogger("Edge.Agent");
        _startedAt = time.GetTimestamp();
        _counters = new AgentCounters(time);
        _totals = TotalsFile.Open(settings.Device.StateFolder);
        _twin = TwinFile.Open(settings.Device.StateFolder);

        _sensor = Ladder.MakeSensor(settings.Sensor, time, loggers);
        _actuators = Ladder.MakeActuators(settings.Actuators, _sensor, time, loggers);
        _rules = Ladder.LoadRules(settings.Rules, _sensor, settings.Pipeline.HistoryFrames, _actuators);
        _decisionLog = settings.DecisionLog.File is { } file ? new DecisionLog(file, _lost, _logger) : null;
        _experience = new ExperienceStore(settings.Experience, _boost, outbox);
        var telemetry = new TelemetryCollector(_sensor.Channels.Count, settings.Hub.TelemetryPoints);
        var watch = new SlotWatch(time);
        var rows = new RecentRows(_sensor.Channels.Count);
        PerceptionPipeline? pipeline = null;
        var evidence = new EvidenceCollector(settings.Model.EvidenceWindows, _bootId, outbox, () => pipeline!.Slot.Shadow);
        IObservationSink[] sinks = [_counters, new EventRecorder(outbox, time), _experience, evidence, telemetry, rows, watch];
        var sink = new ObservationFanOut(_decisionLog is null ? sinks : [.. sinks, _decisionLog]);

        _queue = new SampleQueue(settings.Pipeline.QueueCapacity);
        _dispatcher = new ActionDispatcher(_actuators, new ActionOptions(), sink.Acted, time, _logger);
        pipeline = _pipeline = new PerceptionPipeline(
            _sensor.Channels, _sensor.RateHz, settings.Pipeline.ToWindows(), _rules, _dispatcher.Dispatch, sink, _logger);
        _ladderHeart = new Heart("ladder", LadderLimit, time);
        _sampling = new SamplingLoop(_sensor, _queue, new BeatingConsumer(_pipeline, _ladderHeart), settings.Pipeline.ToSampling(), time, _logger);

        _slots = ModelSlots.Open(settings.Device.StateFolder, _logger);
        _slotReporter = new SlotReporter(_bootId, outbox, _pipeline.Slot, time, _logger);
        var password = Secrets.ReadPassword(settings.Hub.PasswordFile);
        if (settings.Hub.Broker is not null)
        {
            var tls = settings.Hub.CaFile is { } authority ? TlsTrust.ClientOptions(authority) : null;
            _source = new HttpModelSource(settings.Hub.Artefacts, settings.Device.Id, password, settings.Model, new SocketsHttpHandler { SslOptions = tls ?? new() }, time, _logger);
            if (settings.Model.ImageRoot is not null) _orders = new ModelOrders(settings.Device, settings.Hub, settings.Model, password, tls, time, _logger);
        }

        var verifier = new ModelVerifier(TrustedKeys(settings.Model), _sensor.Channels, _sensor.RateHz, settings.Model.MaxPackageBytes);
        var loader = new SlotLoader(_slots, verifier, settings.Model.MaxPackageBytes);
        var fetch = new PackageFetch(_slots, loader, verifier, _source is null ? null : new DeltaModelSource(_source, _slots, _logger), _orders, _slotReporter, time);
        var trial = new ModelTrial(_slots, new SlotProbe(settings.Model.ProbeLatency, time), _pipeline.Slot, watch, rows, _slotReporter, _sensor.Channels, settings.Model, time);
        var swap = new ModelSwap(_slots, loader, _pipeline.Slot, watch, _slotReporter, time);
        _slotStart = new SlotStart(_slots, loader, verifier, _pipeline.Slot, _slotReporter, settings.Model.Package, _logger);
        _updater = new ModelUpdater(_slots, fetch, trial, swap, _pipeline.Slot, watch, _slotReporter, time, _logger);
        _memory = new MemoryDiet(time);
        _slotReporter.Changed += _memory.Soon;
        _hub = settings.Hub.Broker is null ? null : MakeHub(telemetry, password, loggers);
    }

    /// <summary>Completes when the sensor's stream has ended.</summary>
    public Task StreamEnded => _streamEnded.Task;

    /// <summary>Makes every part; nothing runs yet.</summary>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    /// <exception cref="RuleFileException">The rule file cannot be used.</exception>
    /// <exception cref="StorageException">The state folder cannot be used.</exception>
    public static async Task<AgentRuntime> CreateAsync(AgentSettings settings, SystemdNotifier systemd, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        Directory.CreateDirectory(settings.Device.StateFolder);
        AtomicFile.RemoveLeftovers(settings.Device.StateFolder);
        var outbox = await FactOutbox.OpenAsync(settings.Device.StateFolder, settings.Outbox, time, loggers.CreateLogger("Edge.Agent.Sync"), ct);
        try
        {
            return new AgentRuntime(settings, outbox, systemd, time, loggers);
        }
        catch
        {
            await outbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs until cancelled. Throws only when a part that everything hangs on has failed.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        _slotStart.Run();
        _hub?.Downlink.Start();
        _logger.AgentStarted(
            Version, _settings.Device.Site, _settings.Device.Id, _settings.Sensor.Kind, _sensor.Channels.Count, _sensor.RateHz, _rules.Rules.Count,
            _slots.Current.Active?.Digest, _settings.Hub.Broker);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // The outbox outlives the others: what they say while they stop is stored too.
        using var drained = new CancellationTokenSource();
        var storing = _outbox.RunAsync(drained.Token);
        var loops = new List<Task>
        {
            SampleAsync(stop.Token), _dispatcher.RunAsync(stop.Token), _updater.RunAsync(stop.Token), SaveTotalsAsync(stop.Token),
            new WatchdogLoop([_ladderHeart], _systemd, _time, _logger).RunAsync(stop.Token),
            new StatusSocket(_settings.StatusSocket, Status, _logger).RunAsync(stop.Token), _memory.RunAsync(stop.Token),
        };
        if (_settings.Status.MetricsPort > 0) loops.Add(new MetricsListener(_settings.Status.MetricsPort, Status, _time, _logger).RunAsync(stop.Token));
        if (_hub is not null) loops.AddRange(_hub.Run(stop.Token));
        _systemd.Ready();
        try
        {
            await FirstFailureAsync([.. loops, storing], stop.Token);
        }
        finally
        {
            _systemd.Stopping();
            await stop.CancelAsync();
            await Task.WhenAll(loops).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            _outbox.Complete();
            drained.CancelAfter(DrainLimit);
            await storing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            SaveTotals();
            _logger.AgentStopped(_counters.Windows, _outbox.State.Waiting);
        }
    }

    /// <summary>Completes when everything stored is acknowledged by the hub; at once on a device that lives alone.</summary>
    public async Task DrainedAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), _time);
        while (_hub is not null && (_outbox.IsBusy || _outbox.State.Waiting > 0) && await timer.WaitForNextTickAsync(ct))
        {
        }
    }

    public void Recalibrate() => _queue.EndRun(_counters.LastTimestampUs);

    public void Snapshot(int windows) => _experience.Request(windows);

    public void Report() => _hub?.Reporter.Soon();

    public AgentStatus Status()
    {
        var outbox = _outbox.State;
        var slots = _slots.Current;
        var last = _slotReporter.Last;
        var (score, threshold) = _counters.LastScore;
        return new AgentStatus
        {
            Site = _settings.Device.Site,
            Device = _settings.Device.Id,
            Version = Version,
            BootId = _bootId,
            UptimeSeconds = _time.GetElapsedTime(_startedAt).TotalSeconds,
            FirstAnswerSeconds = _counters.FirstAnswer is { } at ? (at - Process.GetCurrentProcess().StartTime.ToUniversalTime()).TotalSeconds : null,
            Sensor = _settings.Sensor.Kind,
            Channels = [.. _sensor.Channels.Select(channel => channel.Name)],
            RateHz = _sensor.RateHz,
            RunId = _counters.RunId,
            Calibrated = _counters.IsCalibrated,
            Score = float.IsFinite(score) ? score : null,
            Threshold = float.IsFinite(threshold) ? threshold : null,
            Class = _counters.LastClass?.Name,
            Probability = _counters.LastClass?.Probability,
            SecondsSinceLastFrame = _counters.SinceLastFrame?.TotalSeconds,
            Samples = _pipeline.Samples,
            DroppedSamples = _queue.Dropped,
            LateSamples = _pipeline.LateSamples,
            SensorFailures = _sampling.SensorFailures,
            Frames = _counters.Frames,
            Runs = _counters.Runs,
            Windows = _counters.Windows,
            AlarmWindows = _counters.AlarmWindows,
            InvalidWindows = _counters.InvalidWindows,
            Rules = _rules.Rules.Count,
            Decisions = _counters.Decisions,
            Actions = _counters.Actions,
            FailedActions = _counters.FailedActions,
            Model = new ModelStatus(
                StateOf(slots, last).ToString(), slots.Active?.Digest, slots.Active?.Name, slots.Active?.Release, slots.Committed, slots.Previous?.Digest, slots.Standby?.Digest,
                _pipeline.Slot.ShadowDigest, last?.SwapMs, last?.MissedWindows, slots.Failed?.Digest, slots.FailedReason),
            Outbox = new OutboxStatus(
                outbox.Epoch, outbox.TotalProduced, outbox.TotalAcknowledged, outbox.Waiting, outbox.TotalEvicted, _outbox.Refused, _experience.Kept, outbox.UsedBytes,
                _settings.Outbox.MaxBytes, _outbox.Health.QuarantinedRecords, _outbox.Health.IsGood),
            Hub = new HubStatus(
                _settings.Hub.Broker, _hub?.Client.IsConnected ?? false, Interlocked.Read(ref _session), _twin.Desired?.Version ?? 0, _boost.Value, _hub?.Uplink.Batches ?? 0,
                _hub?.Uplink.Failures ?? 0, _hub?.Client.TelemetryDropped ?? 0, _hub?.Downlink.Unusable ?? 0),
            LostWrites = _lost.Count,
            ResidentBytes = Environment.WorkingSet,
            ManagedBytes = GC.GetTotalMemory(forceFullCollection: false),
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _pipeline.Slot.Exchange(null)?.Dispose();
        _source?.Dispose();
        _orders?.Dispose();
        _decisionLog?.Dispose();
        foreach (var actuator in _actuators) await actuator.DisposeAsync();
        await _sensor.DisposeAsync();
        await _outbox.DisposeAsync();
    }

    private static string Version => typeof(AgentRuntime).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private HubLoops MakeHub(TelemetryCollector telemetry, string? password, ILoggerFactory loggers)
    {
        var device = _settings.Device;
        var sessions = new SessionCounter(device.StateFolder, () => _lost.Add());
        var will = new PresenceWill(
            Topics.Presence(device.Site, device.Id),
            () =>
            {
                var next = sessions.Next(_time);
                Interlocked.Exchange(ref _session, next);
                return next;
            },
            (session, online) => JsonSerializer.SerializeToUtf8Bytes(
                new Presence(online, session, _bootId, _time.GetUtcNow().ToUnixTimeMilliseconds() * 1000), ContractsJson.Default.Presence));
        string[] subscriptions = [Topics.Desired(device.Site, device.Id), Topics.FactAck(device.Site, device.Id), Topics.Command(device.Site, device.Id)];
        var client = new FleetClient(HubLoops.ClientSettings(_settings, password, will, subscriptions), _time, loggers.CreateLogger("Hmas.Messaging"));
        var link = new FleetLink(client);
        var logger = loggers.CreateLogger("Edge.Agent.Sync");
        var uplink = new FactUplink(device, _settings.Hub, _outbox, link, _time, logger);
        var reporter = new StateReporter(device, _settings.Hub, link, Reported, telemetry, _time, logger);
        _slotReporter.Changed += reporter.Soon;
        _counters.Changed += reporter.Soon;
        var downlink = new DownlinkLoop(device, link, uplink, _twin, _updater, _boost, new CommandRunner(this, RememberedReplies.Open(device.StateFolder), _time, logger), reporter.Soon, logger);
        return new HubLoops(client, uplink, downlink, reporter);
    }

    private async Task SampleAsync(CancellationToken ct)
    {
        await _sampling.RunAsync(ct);
        // The loop has ended, so nobody else feeds the pipeline: the run ends here, and with it evidence and decision log.
        _pipeline.EndRun(_counters.LastTimestampUs);
        _ladderHeart.Done();
        if (ct.IsCancellationRequested) return;
        _logger.StreamEnded(_counters.Frames);
        _streamEnded.TrySetResult();
    }

    private async Task SaveTotalsAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SaveTotalsEvery, _time);
        while (await timer.WaitForNextTickAsync(ct)) SaveTotals();
    }

    private void SaveTotals()
    {
        try
        {
            _totals.Save(SinceStart());
        }
        catch (Exception error) when (error is StorageException or IOException or UnauthorizedAccessException)
        {
            // Counters since the last save are lost; on a full disk the agent must still be able to stop cleanly.
            _lost.Add();
            _logger.StatusUnavailable("the totals file", error.Message);
        }
    }

    /// <summary>Waits for cancellation; a loop that fails before ends the agent with its error.</summary>
    private static async Task FirstFailureAsync(List<Task> loops, CancellationToken ct)
    {
        while (loops.Count > 0)
        {
            var ended = await Task.WhenAny(loops);
            if (ct.IsCancellationRequested) return;
            await ended;
            loops.Remove(ended);
        }
    }

    private Totals SinceStart() => new(_pipeline.Samples, _queue.Dropped, _pipeline.LateSamples, _counters.Windows, _counters.AlarmWindows);

    private ReportedState Reported()
    {
        var slots = _slots.Current;
        var outbox = _outbox.State;
        var totals = _totals.With(SinceStart());
        return new ReportedState
        {
            DesiredVersion = _twin.Desired?.Version ?? 0,
            BootId = _bootId,
            AgentVersion = Version,
            Session = Interlocked.Read(ref _session),
            ActiveDigest = slots.Active?.Digest,
            PreviousDigest = slots.Previous?.Digest,
            StandbyDigest = slots.Standby?.Digest,
            SlotState = StateOf(slots, _slotReporter.Last),
            Refusal = _slotReporter.Last?.Reason ?? slots.FailedReason,
            RunId = _counters.RunId,
            Calibrated = _counters.IsCalibrated,
            SamplingBoost = _boost.Value,
            Hardware = _settings.Device.Hardware,
            Tags = _settings.Device.Tags,
            Channels = _sensor.Channels,
            RateHz = _sensor.RateHz,
            Counters = new DeviceCounters
            {
                Samples = totals.Samples,
                DroppedSamples = totals.DroppedSamples,
                LateSamples = totals.LateSamples,
                Windows = totals.Windows,
                AlarmWindows = totals.AlarmWindows,
                FactsProduced = outbox.TotalProduced,
                FactsAcknowledged = outbox.TotalAcknowledged,
                FactsEvicted = outbox.TotalEvicted,
                ExperiencesKept = _experience.Kept,
                OutboxBytes = outbox.UsedBytes,
                ResidentBytes = Environment.WorkingSet,
            },
            TimestampUs = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
        };
    }

    private static SlotState StateOf(SlotsDocument slots, SlotReport? last) =>
        last?.State ?? (slots.Active is null ? SlotState.Empty : slots.Committed ? SlotState.Committed : SlotState.Active);

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
