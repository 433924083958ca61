using Edge.Agent.Actions;
using Edge.Agent.Experience;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Agent.Sampling;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Edge.Agent.Sync.Uplink;
using Edge.Sensors;
using Edge.Sensors.Buses;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>From sample to action, and to what is remembered of it: all that needs neither model nor hub.</summary>
internal sealed class AgentLadder : IAsyncDisposable
{
    /// <summary>By when the ladder must have gone round again.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<IActuator> _actuators;
    private readonly DecisionLog? _decisionLog;
    private readonly SampleQueue _queue;
    private readonly HealthyRowsFile? _healthy;
    private readonly ActionDispatcher _dispatcher;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _streamEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    /// <exception cref="RuleFileException">The rule file cannot be used.</exception>
    public AgentLadder(AgentSettings settings, string bootId, IFactSink facts, LostWrites lost, TimeProvider time, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger("Edge.Agent");
        Sensor = Ladder.MakeSensor(settings.Sensor, time, loggers);
        _actuators = Ladder.MakeActuators(settings.Actuators, Sensor, time, loggers);
        Rules = Ladder.LoadRules(settings.Rules, Sensor, settings.Pipeline.HistoryFrames, _actuators);
        _decisionLog = settings.DecisionLog.File is { } file ? new DecisionLog(file, lost, _logger) : null;
        Counters = new AgentCounters(time);
        Experience = new ExperienceStore(settings.Experience, Boost, facts);
        Telemetry = new TelemetryCollector(Sensor.Channels.Count, settings.Hub.TelemetryPoints);
        Watch = new SlotWatch(time);
        Rows = new RecentRows(Sensor.Channels.Count);
        TuningRows = new TuningRows(Sensor.Channels.Count, settings.Model.TuningRows);
        var evidence = new EvidenceCollector(
            settings.Model.EvidenceWindows, bootId, facts, () => Pipeline!.ShadowInFrame, static () => MachineVitals.Read());
        IObservationSink[] sinks = [Counters, new EventRecorder(facts, time), Experience, evidence, Telemetry, Rows, TuningRows, Watch];
        var sink = new ObservationFanOut(_decisionLog is null ? sinks : [.. sinks, _decisionLog]);

        _queue = new SampleQueue(settings.Pipeline.QueueCapacity);
        _dispatcher = new ActionDispatcher(_actuators, new ActionOptions(), sink.Acted, time, _logger);
        IsLive = settings.Sensor.Kind != "replay";
        // A recording begins anew with each start, and so do its runs; a machine was there all the time.
        if (IsLive)
            _healthy = HealthyRowsFile.Open(
                settings.Device.StateFolder, Sensor.Channels, Sensor.RateHz, settings.Pipeline.MaxCalibrationRows, _logger);
        var windows = settings.Pipeline.ToWindows();
        Pipeline = new PerceptionPipeline(
            Sensor.Channels, Sensor.RateHz, IsLive ? windows : windows with { RecordingLength = TimeSpan.Zero }, Rules, _dispatcher.Dispatch, sink,
            _logger, _healthy);
        Heart = new Heart("ladder", Limit, time);
        Sampling = new SamplingLoop(Sensor, _queue, new BeatingConsumer(Pipeline, Heart), settings.Pipeline.ToSampling(), time, _logger);
    }

    /// <summary>The sensor's machine goes on whether somebody reads it or not; a recording waits.</summary>
    public bool IsLive { get; }

    public ISensor Sensor { get; }

    public RuleSet Rules { get; }

    public AgentCounters Counters { get; }

    public SamplingBoost Boost { get; } = new();

    public ExperienceStore Experience { get; }

    public TelemetryCollector Telemetry { get; }

    public SlotWatch Watch { get; }

    public RecentRows Rows { get; }

    public TuningRows TuningRows { get; }

    public PerceptionPipeline Pipeline { get; }

    public SamplingLoop Sampling { get; }

    public Heart Heart { get; }

    public long DroppedSamples => _queue.Dropped;

    /// <summary>Completes when the sensor's stream has ended.</summary>
    public Task StreamEnded => _streamEnded.Task;

    public IEnumerable<Task> Run(CancellationToken ct) => [SampleAsync(ct), _dispatcher.RunAsync(ct), _healthy?.RunAsync(ct) ?? Task.CompletedTask];

    /// <summary>Ends the run, so that the next rows calibrate anew.</summary>
    public void Recalibrate() => _queue.EndRun(Counters.LastTimestampUs);

    public async ValueTask DisposeAsync()
    {
        _decisionLog?.Dispose();
        foreach (var actuator in _actuators) await actuator.DisposeAsync();
        await Sensor.DisposeAsync();
    }

    private async Task SampleAsync(CancellationToken ct)
    {
        await Sampling.RunAsync(ct);
        // The loop has ended, so nobody else feeds the pipeline: the run ends here, and with it evidence and decision log.
        Pipeline.EndRun(Counters.LastTimestampUs);
        Heart.Done();
        if (ct.IsCancellationRequested) return;
        _logger.StreamEnded(Counters.Frames);
        _streamEnded.TrySetResult();
    }
}
