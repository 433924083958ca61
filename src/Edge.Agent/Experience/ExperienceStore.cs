using Edge.Agent.Actions;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Settings;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Signals;

namespace Edge.Agent.Experience;

/// <summary>Keeps the windows worth remembering: chooses, describes and hands them to the outbox, which holds the byte bound.</summary>
internal sealed class ExperienceStore(ExperienceOptions options, SamplingBoost boost, IFactSink facts) : IObservationSink
{
    private readonly ExperienceSelector _selector = new(options);
    private readonly NearWatch _near = new();
    private RareMemory? _memory;
    private int _memoryChannels;
    private int _requested;
    private string? _lastAction;
    private long _kept;

    /// <summary>Windows kept since the start of the process.</summary>
    public long Kept => Interlocked.Read(ref _kept);

    /// <summary>The next so many windows are kept, whatever they show. Any thread.</summary>
    public void Request(int windows) => Interlocked.Exchange(ref _requested, windows);

    /// <summary>Keeps windows like some that the hub is unsure of. Any thread.</summary>
    /// <param name="request">In order.</param>
    public void KeepNear(KeepNear request) => _near.Ask(request);

    public void RunStarted(string runId, long timestampUs)
    {
        _selector.StartRun();
        _near.StartRun();
        _memory?.Clear();
    }

    public void Observe(in Observation observation)
    {
        if (observation.DueWindow is not { } due) return;
        var requested = Volatile.Read(ref _requested) > 0;
        var values = due.Build();
        var distance = DistanceOf(values, due.ChannelCount, observation.Calibration);
        var window = new WindowFacts(
            observation.Frame, due.Length, observation.IsCalibration, observation.Prediction.IsAlarm, observation.Prediction.ScoreRatio, requested)
        {
            IsNear = !float.IsNaN(distance) && _near.Finds(_memory!.Newest, observation.Frame, due.Length),
        };
        var (reasons, value) = _selector.Choose(window, distance, boost);
        if (reasons == ExperienceReasons.None) return;
        if (requested) Interlocked.Decrement(ref _requested);
        Keep(observation, due, values, reasons, value);
        if (!float.IsNaN(distance)) _memory!.Keep();
    }

    public void Acted(ActionResult result) =>
        Volatile.Write(
            ref _lastAction, $"{result.Request.Command.Actuator} {result.Request.Command.Command} {(result.Succeeded ? "done" : "failed")}");

    private float DistanceOf(ReadOnlySpan<float> window, int channels, Calibration? calibration)
    {
        if (calibration is null || calibration.Centre.Length != channels) return float.NaN;
        if (_memory is null || _memoryChannels != channels)
        {
            _memory = new RareMemory(options.RareMemory, channels);
            _memoryChannels = channels;
        }

        return _memory.Distance(window, calibration.Centre, calibration.Scale);
    }

    private void Keep(in Observation observation, WindowBuilder due, ReadOnlySpan<float> window, ExperienceReasons reasons, float value)
    {
        var ruleId = observation.Decisions.IsEmpty ? null : observation.Decisions[0].RuleId;
        var record = new ExperienceRecord
        {
            RunId = observation.RunId,
            StartUs = due.StartUs,
            EndUs = observation.TimestampUs,
            Window = window.ToArray(),
            Channels = due.ChannelCount,
            Centre = observation.Calibration?.Centre ?? [],
            Scale = observation.Calibration?.Scale ?? [],
            ModelDigest = observation.Prediction.Digest ?? "",
            Score = observation.Prediction.Smoothed,
            Threshold = observation.Prediction.Threshold,
            Reasons = reasons,
            Value = value,
            RuleId = ruleId,
            Action = Interlocked.Exchange(ref _lastAction, null),
        };
        if (facts.TryAdd(FactKind.Experience, record.EndUs, ExperienceCodec.Encode(record), value)) Interlocked.Increment(ref _kept);
    }
}
