using System.Runtime.CompilerServices;
using Edge.Agent.Actions;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Reasoning;
using Edge.Agent.Sampling;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Pipeline;

/// <summary>The ladder: samples become frames, windows, predictions, decisions and commands, and each frame an observation.</summary>
/// <remarks>
/// Fed by one thread at a time (the sampling loop). Event time alone drives it. Steady state takes no
/// memory. Without a model, or with one that fails, frames and
/// rules go on. A sample that is behind by more than the longest gap means that the clock went
/// back, and a silence beyond the run gap that the machine stood
/// still: in both cases the run ends and another begins, so that times within a run always grow.
/// While no model answers, a live machine's run ends as well when it is a recording long.
/// </remarks>
internal sealed partial class PerceptionPipeline : ISampleConsumer, IFrameSink
{
    private readonly IReadOnlyList<SensorChannel> _channels;
    private readonly FrameHistory _history;
    private readonly FrameAssembler _assembler;
    private readonly WindowBuilder _window;
    private readonly InferenceStep _inference;
    private readonly RuleEngine _rules;
    private readonly Action<ActionRequest> _act;
    private readonly IObservationSink _sink;
    private readonly WindowOptions _options;
    private readonly ILogger _logger;
    private readonly HealthyRowsFile? _healthy;
    private readonly long _runGapUs;
    private readonly long _recordingUs;
    private readonly int[] _allChannels;
    private readonly OwnCalibration _calibration;
    private string? _runId;

    // Event time from which the run is long enough to be a recording.
    private long _cutUs = long.MaxValue;

    /// <param name="act">Takes a command on; must not block.</param>
    /// <param name="healthy">Keeps the healthy rows over a restart; null: every start begins a run of its own.</param>
    /// <exception cref="ArgumentException">The window options contradict themselves.</exception>
    public PerceptionPipeline(
        IReadOnlyList<SensorChannel> channels, double rateHz, WindowOptions options, RuleSet rules, Action<ActionRequest> act, IObservationSink sink,
        ILogger logger,
        HealthyRowsFile? healthy = null)
    {
        options.Validate();
        _healthy = healthy;
        _options = options;
        _channels = channels;
        _history = new FrameHistory(channels.Count, options);
        _assembler = new FrameAssembler(channels.Count, rateHz, options, this);
        _allChannels = [.. Enumerable.Range(0, channels.Count)];
        _window = new WindowBuilder(_history, _allChannels, options.Length, options.Stride);
        _calibration = new OwnCalibration(_history, _allChannels, options.CalibrationRows, healthy);
        _inference = new InferenceStep(_history, channels, rateHz, logger);
        _rules = new RuleEngine(rules, Deviations);
        _act = act;
        _sink = sink;
        _logger = logger;
        _runGapUs = (long)options.RunGap.TotalMicroseconds;
        _recordingUs = (long)options.RecordingLength.TotalMicroseconds;
    }

    /// <summary>Where models come and go.</summary>
    public IDetectorSlot Slot => _inference;

    /// <summary>What a sink asks in place of <see cref="IDetectorSlot.Shadow"/>: on the pipeline's thread, within a call to it.</summary>
    public ShadowEvidence? ShadowInFrame => _inference.ShadowInFrame;

    public string? RunId => Volatile.Read(ref _runId);

    public long Samples => _assembler.Samples;

    public long LateSamples => _assembler.LateSamples;

    public long MissingValues => _assembler.MissingValues;

    public long Frames => _assembler.Frames;

    public long ClockJumps => _assembler.ClockJumps;

    /// <summary>Silences within a run that were too long for a window to span.</summary>
    public long Gaps => _history.Gaps;

    /// <summary>Times that a model threw.</summary>
    public long ModelFailures => _inference.Failures;

    public long RuleEvaluations => _rules.Evaluations;

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<Sample> samples) => _assembler.Add(samples);

    /// <inheritdoc/>
    public void StartRun(string runId, long timestampUs)
    {
        _assembler.Flush();
        if (_runId is not null) CloseRun(_history.Frames > 0 ? _history.NewestUs : timestampUs);
        OpenRun(runId, timestampUs);
    }

    /// <inheritdoc/>
    public void EndRun(long timestampUs)
    {
        _assembler.Flush();
        if (_runId is not null) CloseRun(timestampUs);
    }

    /// <inheritdoc/>
    public void OnSilence(TimeSpan sinceLastSample)
    {
        if (_runId is null || _history.Frames == 0) return;
        using (_inference.Gate.EnterFrame())
        {
            var nowUs = _history.NewestUs + (long)sinceLastSample.TotalMicroseconds;
            Tell(_rules.Evaluate(_history, _inference.Last, nowUs, isFrame: false));
        }
    }

    void IFrameSink.OnFrame(long timestampUs, ReadOnlySpan<float> values)
    {
        if (!Continues(timestampUs)) ChangeRun(timestampUs);
        using (_inference.Gate.EnterFrame()) Climb(timestampUs, values);
    }

    void IFrameSink.OnClockJump(long fromUs, long toUs)
    {
        LogClockJump(_logger, fromUs, toUs);
        if (_runId is not null) CloseRun(_history.NewestUs);
    }

    // From the row to its observation. A method of its own: what a run of the model leaves of our code in the processor's caches is next to nothing,
    // so what is done with each row stands apart from what is not.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Climb(long timestampUs, ReadOnlySpan<float> values)
    {
        _history.Add(timestampUs, values);
        ref readonly var prediction = ref _inference.Next();
        var decisions = _rules.Evaluate(_history, prediction, timestampUs);
        _calibration.Follow(_inference.Active);
        var observation = new Observation(in prediction)
        {
            RunId = _runId!,
            Frame = _history.Frames - 1,
            TimestampUs = timestampUs,
            Values = _history.LastValue,
            DueWindow = _window.IsDue ? _window : null,
            IsCalibration = _calibration.IsHealthyRow,
            Calibration = _calibration.Current,
            Decisions = decisions,
        };
        _sink.Observe(observation);
        Act(decisions);
    }

    private bool Continues(long timestampUs) =>
        _runId is not null
        && (_history.Frames == 0 || (timestampUs - _history.NewestUs <= _runGapUs && (timestampUs < _cutUs || !IsRecorded())));

    private void ChangeRun(long timestampUs)
    {
        if (_runId is not null) CloseRun(_history.NewestUs);
        OpenRun(NameRun(timestampUs), timestampUs);
    }

    private void OpenRun(string runId, long timestampUs)
    {
        using (_inference.Gate.EnterFrame())
        {
            var earlier = _healthy?.Begin();
            // A clock that is behind what it was would make the run's time go back: the rows are good all the same.
            if (earlier is not null && earlier.EndUs < timestampUs) runId = earlier.RunId;
            Volatile.Write(ref _runId, runId);
            _cutUs = _recordingUs > 0 ? timestampUs + _recordingUs : long.MaxValue;
            _history.StartRun(earlier is null ? default : earlier.Rows.AsSpan());
            _inference.StartRun();
            _rules.StartRun(timestampUs);
            _calibration.StartRun(runId);
            _sink.RunStarted(runId, timestampUs);
        }
    }

    private void CloseRun(long timestampUs)
    {
        using (_inference.Gate.EnterFrame())
        {
            Tell(_rules.EndRun(timestampUs));
            _sink.RunEnded(_runId!, timestampUs, _history.Frames);
            Volatile.Write(ref _runId, null);
        }
    }

    // A machine that never stops makes recordings all the same while no model knows it, for a first one to be made of. Not in the middle of an alarm.
    private bool IsRecorded() => _inference.IsEmpty && _history.HealthyRows >= _options.CalibrationRows && _rules.IsCalm;

    private static string NameRun(long timestampUs)
    {
        var ticks = Math.Clamp(timestampUs, 0, 253_402_300_799_000_000) * TimeSpan.TicksPerMicrosecond;
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"run-{DateTimeOffset.UnixEpoch.AddTicks(ticks):yyyyMMdd't'HHmmssfff}");
    }

    // What a person looks at first when a model alarms. A model that takes the channels as they come says nothing of their levels.
    private IReadOnlyList<string> Deviations()
    {
        var seat = _inference.Active;
        var recipe = OwnCalibration.RecipeOf(seat);
        if (_calibration.Current is not { } healthy || recipe.Normalisation == Normalisation.None) return [];
        return ChannelDeviations.Tell(
            _history, _channels, healthy, seat is null ? _allChannels : seat.Window.Channels, recipe.SmoothingLength);
    }

    private void Tell(ReadOnlySpan<Decision> decisions)
    {
        if (decisions.IsEmpty) return;
        _sink.Decided(_runId!, decisions);
        Act(decisions);
    }

    private void Act(ReadOnlySpan<Decision> decisions)
    {
        foreach (var decision in decisions)
        {
            if (decision.Command is not { } command) continue;
            _act(new ActionRequest(command, decision.RuleId, decision.AlarmId, decision.TimestampUs, decision.Reasons));
        }
    }
}
