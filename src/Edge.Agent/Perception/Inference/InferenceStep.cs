using System.Diagnostics;
using Edge.Agent.Perception.Windows;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Perception.Inference;

/// <summary>Asks the model that sits in the slot about each window, calibrates it on the run's
/// first rows, and lets a shadow answer beside it.</summary>
/// <remarks>
/// The pipeline calls <see cref="Next"/> within a frame of <see cref="Gate"/>, and a swap visits it: it falls between two windows, and the
/// model taken out is out of use when the call returns. A model that throws never stops the frames.
/// </remarks>
internal sealed partial class InferenceStep : IDetectorSlot
{
    // Two looks at the clock take half as long as all the rules do, which counts at a hundred answers a second and not at one.
    private const double TimingsASecond = 12.5;

    private readonly FrameHistory _history;
    private readonly IReadOnlyList<SensorChannel> _channels;
    private readonly double _rateHz;
    private readonly int _measuredEvery;
    private readonly ILogger _logger;
    private ScorerSeat? _active;
    private ScorerSeat? _shadow;
    private ShadowComparison? _comparison;
    private CpuBudget? _shadowBudget;
    private Prediction _last = Prediction.None;
    private int _untilMeasured;

    public InferenceStep(FrameHistory history, IReadOnlyList<SensorChannel> channels, double rateHz, ILogger logger)
    {
        _history = history;
        _channels = channels;
        _rateHz = rateHz;
        _measuredEvery = Math.Max(1, (int)(rateHz / TimingsASecond));
        _logger = logger;
    }

    /// <summary>The pipeline's thread is in it while a frame is in work; models come and go by a visit.</summary>
    public FrameGate Gate { get; } = new();

    public string? ActiveDigest => Volatile.Read(ref _active)?.Scorer.Digest;

    public string? ShadowDigest => Volatile.Read(ref _shadow)?.Scorer.Digest;

    public ShadowEvidence? Shadow
    {
        get
        {
            using (Gate.Visit()) return ShadowInFrame;
        }
    }

    /// <summary>The same within a frame, where a visit would wait for itself.</summary>
    public ShadowEvidence? ShadowInFrame => _comparison?.Snapshot(_shadowBudget!);

    /// <summary>The active model's place; null without one.</summary>
    public ScorerSeat? Active => Volatile.Read(ref _active);

    /// <summary>No model answers, nor does one in shadow.</summary>
    public bool IsEmpty => Volatile.Read(ref _active) is null && Volatile.Read(ref _shadow) is null;

    /// <summary>The newest answer, or what stands in its place. Within a frame.</summary>
    public ref readonly Prediction Last => ref _last;

    /// <summary>Times that a model threw.</summary>
    public long Failures { get; private set; }

    /// <inheritdoc/>
    public IWindowScorer? Exchange(IWindowScorer? next)
    {
        var seat = next is null ? null : new ScorerSeat(next, _history, _channels, _rateHz);
        using (Gate.Visit())
        {
            var previous = _active;
            _active = seat;
            _last = Fresh(seat);
            return previous?.Scorer;
        }
    }

    /// <inheritdoc/>
    public IWindowScorer? ExchangeShadow(IWindowScorer? next, double cpuShare = 1)
    {
        var seat = next is null ? null : new ScorerSeat(next, _history, _channels, _rateHz);
        using (Gate.Visit())
        {
            var previous = _shadow;
            _shadow = seat;
            _comparison = seat is null ? null : new ShadowComparison(seat.Scorer.Digest);
            _shadowBudget = seat is null ? null : new CpuBudget(cpuShare, Stopwatch.GetTimestamp());
            return previous?.Scorer;
        }
    }

    /// <inheritdoc/>
    public bool TryPromoteShadow(out IWindowScorer? previous)
    {
        using (Gate.Visit())
        {
            previous = null;
            if (_shadow is null) return false;
            previous = _active?.Scorer;
            _active = _shadow;
            _shadow = null;
            _comparison = null;
            _shadowBudget = null;
            _last = Fresh(_active);
            return true;
        }
    }

    /// <summary>Another run begins: models forget calibration and smoothing.</summary>
    public void StartRun()
    {
        _active?.StartRun();
        _shadow?.StartRun();
        _last = Fresh(_active);
    }

    /// <summary>Answers the newest frame of the history. No allocation once calibrated.</summary>
    public ref readonly Prediction Next()
    {
        if (_active is { } active) Answer(active);
        if (_shadow is not null) AnswerShadow(_shadow);
        return ref _last;
    }

    // In place: what a frame does not change is not written anew.
    private void Answer(ScorerSeat seat)
    {
        _last.Raw = float.NaN;
        _last.InferenceUs = float.NaN;
        if (!TryPrepare(seat, out var state))
        {
            _last.State = state;
            return;
        }

        var isMeasured = --_untilMeasured <= 0;
        var started = isMeasured ? Stopwatch.GetTimestamp() : 0;
        var isAnswered = TryAsk(seat, out var score);
        if (!isAnswered) _last = Fresh(seat) with { State = PredictionState.Failed };
        if (isMeasured)
        {
            _last.InferenceUs = (float)Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            _untilMeasured = _measuredEvery;
        }

        _last.Threshold = seat.Threshold;
        if (isAnswered) Take(seat, score);
    }

    private void Take(ScorerSeat seat, in WindowScore score)
    {
        _last.Raw = score.Raw;
        if (!score.IsValid)
        {
            _last.State = PredictionState.Invalid;
            _last.IsAlarm = false;
            return;
        }

        _last.State = PredictionState.Scored;
        _last.Smoothed = score.Smoothed;
        _last.IsAlarm = score.IsAlarm;
        _last.ScoreRatio = score.Ratio;
        _last.Probability = score.Probability;
        _last.Life = score.Life;
        var name = seat.ClassOf(score);
        if (!ReferenceEquals(_last.Class, name)) _last.Class = name;
    }

    private void AnswerShadow(ScorerSeat seat)
    {
        var budget = _shadowBudget!;
        var started = Stopwatch.GetTimestamp();
        // Calibration costs as many inferences as there are rows, so it waits for its turn and is paid for too.
        if ((seat.Window.IsDue || seat.IsCalibrationDue) && !budget.Allows(started))
        {
            if (seat.Window.IsDue) budget.Skipped++;
            return;
        }

        if (!TryPrepare(seat, out var state))
        {
            if (state == PredictionState.Failed && _last.IsAnswer) _comparison!.AddInvalid(0);
        }
        else
        {
            var asked = Stopwatch.GetTimestamp();
            var isValid = TryAsk(seat, out var score) && score.IsValid;
            var microseconds = Stopwatch.GetElapsedTime(asked).TotalMicroseconds;
            if (_last.IsAnswer && isValid) _comparison!.Add(_last, score.IsAlarm, seat.ClassOf(score), microseconds);
            else if (_last.IsAnswer) _comparison!.AddInvalid(microseconds);
        }

        budget.Spend(Stopwatch.GetTimestamp() - started);
    }

    private bool TryPrepare(ScorerSeat seat, out PredictionState state)
    {
        state = PredictionState.Failed;
        if (seat.IsBroken) return false;
        if (!seat.IsCalibrated)
        {
            if (seat.IsCalibrationDue && !TryCalibrate(seat)) return false;
            state = PredictionState.Calibrating;
            if (!seat.IsCalibrated) return false;
        }

        state = seat.Window.IsWarming ? PredictionState.Warming : PredictionState.BetweenWindows;
        return seat.Window.IsDue;
    }

    // Whatever a model throws, native errors included, is this model's failure and nobody else's: the ladder goes on without it.
    private bool TryCalibrate(ScorerSeat seat)
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            seat.Calibrate();
            var elapsedMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            LogCalibrated(_logger, seat.Scorer.Digest, seat.CalibrationRows!.Value, seat.Threshold, elapsedMs);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Break(seat, e);
            return false;
        }
    }

    private bool TryAsk(ScorerSeat seat, out WindowScore score)
    {
        try
        {
            score = seat.Score();
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Break(seat, e);
            score = default;
            return false;
        }
    }

    private void Break(ScorerSeat seat, Exception e)
    {
        seat.IsBroken = true;
        Failures++;
        LogModelFailed(_logger, seat.Scorer.Digest, e);
    }

    private static Prediction Fresh(ScorerSeat? seat) =>
        seat is null ? Prediction.None : Prediction.None with { State = PredictionState.Warming, Digest = seat.Scorer.Digest };
}
