using Edge.Agent.Hosting.Status;
using Edge.Agent.Models;
using Edge.Agent.Settings;
using Edge.Agent.Sync;
using Edge.Agent.Sync.Downlink;
using Edge.Agent.Sync.Outbox;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>The whole agent: ladder, models, outbox and hub, whose loops it runs and takes down in turn.</summary>
internal sealed class AgentRuntime : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    private readonly AgentSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FactOutbox _outbox;
    private readonly SystemdNotifier _systemd;
    private readonly AgentLadder _ladder;
    private readonly AgentModels _models;
    private readonly TotalsKeeper _totals;
    private readonly MemoryDiet _memory;
    private readonly SelfReport _self;
    private readonly HubLoops? _hub;

    private AgentRuntime(AgentSettings settings, FactOutbox outbox, SystemdNotifier systemd, TimeProvider time, ILoggerFactory loggers)
    {
        (_settings, _outbox, _systemd, _time) = (settings, outbox, systemd, time);
        _logger = loggers.CreateLogger("Edge.Agent");
        var bootId = Guid.NewGuid().ToString("N");
        var state = settings.Device.StateFolder;
        var lost = new LostWrites();
        _ladder = new AgentLadder(settings, bootId, outbox, lost, time, loggers);
        var password = Secrets.Read(settings.Hub.PasswordFile, "hub:passwordFile");
        var record = DeviceRecord.Open(state, _logger);
        _models = new AgentModels(settings, record, password, bootId, outbox, _ladder, time, _logger);
        _memory = new MemoryDiet(time);
        _models.Reporter.Changed += _memory.Soon;
        _totals = new TotalsKeeper(TotalsFile.Open(state), _ladder, lost, time, _logger);
        var twin = new DesiredMemory(record);
        var session = new PresenceSession(settings.Device, bootId, new SessionCounter(state, () => lost.Add()), time);
        _self = new SelfReport(settings, bootId, _ladder, _models, outbox, _totals, twin, session, lost, time);
        if (settings.Hub.Broker is not null)
            _self.Hub = _hub = HubLoops.Create(settings, password, session.Will(), twin, outbox, _ladder, _models, _self.Reported, time, loggers);
        _models.IsLinked = () => _hub?.Client.IsConnected ?? true;
    }

    /// <summary>Completes when the sensor's stream has ended.</summary>
    public Task StreamEnded => _ladder.StreamEnded;

    /// <inheritdoc cref="AgentModels.RestartWanted"/>
    public Task RestartWanted => _models.RestartWanted;

    /// <summary>Makes every part; nothing runs yet.</summary>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    /// <exception cref="Edge.Agent.Reasoning.RuleFileException">The rule file cannot be used.</exception>
    /// <exception cref="StorageException">The state folder cannot be used.</exception>
    public static async Task<AgentRuntime> CreateAsync(
        AgentSettings settings, SystemdNotifier systemd, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
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
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // The outbox outlives the others: what they say while they stop is stored too.
        using var drained = new CancellationTokenSource();
        var storing = _outbox.RunAsync(drained.Token);
        List<Task> loops = [];
        try
        {
            // A live machine does not wait: rules judge its first rows, and its first window fills, while the model is loaded. Of a recording
            // every row that the model can answer is to be answered.
            if (_ladder.IsLive) loops.AddRange(_ladder.Run(stop.Token));
            _models.Start();
            _hub?.Downlink.Start();
            _logger.AgentStarted(
                SelfReport.Version, _settings.Device.Site, _settings.Device.Id, _settings.Sensor.Kind, _ladder.Sensor.Channels.Count,
                _ladder.Sensor.RateHz, _ladder.Rules.Rules.Count,
                _models.Slots.Current.Active?.Digest ?? "none", _settings.Hub.Broker ?? "none");
            if (!_ladder.IsLive) loops.AddRange(_ladder.Run(stop.Token));
            loops.AddRange(
            [
                .. _models.Run(stop.Token), _totals.RunAsync(stop.Token),
                new WatchdogLoop([_ladder.Heart], _systemd, _time, _logger).RunAsync(stop.Token),
                new StatusSocket(_settings.StatusSocket, _self.Status, _logger).RunAsync(stop.Token), _memory.RunAsync(stop.Token),
            ]);
            if (_settings.Status.MetricsPort > 0)
                loops.Add(new MetricsListener(_settings.Status.MetricsPort, _self.Status, _time, _logger).RunAsync(stop.Token));
            if (_hub is not null) loops.AddRange(_hub.Run(stop.Token));
            _systemd.Ready();
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
            _totals.Save();
            _logger.AgentStopped(_ladder.Counters.Windows, _outbox.State.Waiting);
        }
    }

    /// <summary>Completes when everything stored is acknowledged by the hub; at once on a device that lives alone.</summary>
    public Task DrainedAsync(CancellationToken ct) => _hub is null ? Task.CompletedTask : _outbox.DrainedAsync(ct);

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _models.Dispose();
        await _ladder.DisposeAsync();
        await _outbox.DisposeAsync();
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
}
