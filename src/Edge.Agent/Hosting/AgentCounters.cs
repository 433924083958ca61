using Edge.Agent.Actions;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;

namespace Edge.Agent.Hosting;

/// <summary>What the ladder did since the start, for status, metrics and the reported state. The pipeline's thread writes, any reads.</summary>
internal sealed class AgentCounters(TimeProvider time) : IObservationSink
{
    private long _frames;
    private long _windows;
    private long _alarmWindows;
    private long _invalidWindows;
    private long _runs;
    private long _actions;
    private long _failedActions;
    private long _decisions;
    private long _lastFrame;
    private long _lastTimestampUs;
    private long _firstAnswer;
    private string? _runId;
    private volatile bool _isCalibrated;

    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>Windows that a model answered.</summary>
    public long Windows => Interlocked.Read(ref _windows);

    public long AlarmWindows => Interlocked.Read(ref _alarmWindows);

    public long InvalidWindows => Interlocked.Read(ref _invalidWindows);

    public long Runs => Interlocked.Read(ref _runs);

    public long Actions => Interlocked.Read(ref _actions);

    public long FailedActions => Interlocked.Read(ref _failedActions);

    public long Decisions => Interlocked.Read(ref _decisions);

    /// <summary>Event time of the newest frame; 0 before the first.</summary>
    public long LastTimestampUs => Interlocked.Read(ref _lastTimestampUs);

    /// <summary>When the first window was answered.</summary>
    public DateTimeOffset? FirstAnswer => Interlocked.Read(ref _firstAnswer) is var ms and not 0 ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>Null between runs.</summary>
    public string? RunId => Volatile.Read(ref _runId);

    public bool IsCalibrated => _isCalibrated;

    /// <summary>Newest score and threshold; NaN where there is none.</summary>
    public (float Score, float Threshold) LastScore { get; private set; } = (float.NaN, float.NaN);

    /// <summary>Newest class of a classifier and its probability; null without one.</summary>
    public (string Name, float Probability)? LastClass { get; private set; }

    /// <summary>Since the newest frame; null before the first.</summary>
    public TimeSpan? SinceLastFrame => Interlocked.Read(ref _lastFrame) is var at and not 0 ? time.GetElapsedTime(at) : null;

    /// <summary>A run began or ended, or became calibrated; must not wait.</summary>
    public event Action? Changed;

    public void RunStarted(string runId, long timestampUs)
    {
        Interlocked.Increment(ref _runs);
        _isCalibrated = false;
        Volatile.Write(ref _runId, runId);
        Changed?.Invoke();
    }

    public void Observe(in Observation observation)
    {
        Interlocked.Increment(ref _frames);
        Interlocked.Exchange(ref _lastFrame, time.GetTimestamp());
        Interlocked.Exchange(ref _lastTimestampUs, observation.TimestampUs);
        if (!observation.Decisions.IsEmpty) Interlocked.Add(ref _decisions, observation.Decisions.Length);
        ref readonly var prediction = ref observation.Prediction;
        if (!prediction.IsAnswer) return;
        if (Interlocked.Increment(ref _windows) == 1) Interlocked.Exchange(ref _firstAnswer, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (prediction.IsAlarm) Interlocked.Increment(ref _alarmWindows);
        if (prediction.State != PredictionState.Scored) Interlocked.Increment(ref _invalidWindows);
        LastScore = (prediction.Smoothed, prediction.Threshold);
        LastClass = prediction.Class is { } name ? (name, prediction.Probability) : null;
        if (_isCalibrated) return;
        _isCalibrated = true;
        Changed?.Invoke();
    }

    public void Decided(string runId, ReadOnlySpan<Decision> decisions) => Interlocked.Add(ref _decisions, decisions.Length);

    public void RunEnded(string runId, long timestampUs, long rows)
    {
        Volatile.Write(ref _runId, null);
        Changed?.Invoke();
    }

    public void Acted(ActionResult result)
    {
        Interlocked.Increment(ref _actions);
        if (!result.Succeeded) Interlocked.Increment(ref _failedActions);
    }
}
