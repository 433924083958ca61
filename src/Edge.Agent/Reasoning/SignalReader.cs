using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;

namespace Edge.Agent.Reasoning;

/// <summary>The value of each signal of a rule set at a frame. No allocation per frame. Not thread-safe.</summary>
/// <remarks>Kind by kind: a switch over each signal is a jump that the processor, coming from a run of the model, guesses wrong each time.</remarks>
internal sealed class SignalReader
{
    private readonly (int Index, int Channel)[] _latest;
    private readonly (int Index, int Channel)[] _missing;
    private readonly (int Index, int Channel)[] _ages;
    private readonly SlidingSummaries _summaries;
    private readonly (int Index, RuleSignal Signal)[] _windows;
    private readonly (int Index, string Name)[] _classes;

    // -1: no rule asks.
    private readonly int _score;
    private readonly int _scoreRatio;
    private readonly int _alarm;
    private readonly int _life;
    private readonly int _lifeLow;

    /// <param name="signals">No two alike.</param>
    public SignalReader(IReadOnlyList<RuleSignal> signals)
    {
        var indexed = signals.Select(static (signal, index) => (Index: index, Signal: signal)).ToList();
        _latest = Channels(SignalKind.Latest);
        _missing = Channels(SignalKind.Missing);
        _ages = Channels(SignalKind.Age);
        _classes = [.. indexed.Where(static at => at.Signal.Kind == SignalKind.Class).Select(static at => (at.Index, at.Signal.Class!))];
        _summaries = new SlidingSummaries(indexed.Where(static at => SlidingSummaries.Fits(at.Signal)));
        _windows = [.. indexed.Where(static at => SignalMath.IsOverFrames(at.Signal.Kind) && !SlidingSummaries.Fits(at.Signal))];
        _score = Of(SignalKind.Score);
        _scoreRatio = Of(SignalKind.ScoreRatio);
        _alarm = Of(SignalKind.Alarm);
        _life = Of(SignalKind.Life);
        _lifeLow = Of(SignalKind.LifeLow);

        (int Index, int Channel)[] Channels(SignalKind kind) =>
            [.. indexed.Where(at => at.Signal.Kind == kind).Select(static at => (at.Index, at.Signal.Channel))];

        int Of(SignalKind kind) => indexed.FindIndex(at => at.Signal.Kind == kind);
    }

    /// <param name="values">One per signal, NaN where it has none; overwritten.</param>
    public void Read(FrameHistory history, in Prediction prediction, long runStartUs, long nowUs, Span<float> values)
    {
        var latest = history.LastValue;
        foreach (var (index, channel) in _latest) values[index] = latest[channel];
        foreach (var (index, channel) in _missing) values[index] = float.IsNaN(latest[channel]) ? 1 : 0;
        foreach (var (index, channel) in _ages) values[index] = (nowUs - Math.Max(history.LastSeenUs(channel), runStartUs)) / 1e6f;
        _summaries.Read(history, values);
        foreach (ref readonly var at in _windows.AsSpan())
            values[at.Index] = SignalMath.OverFrames(at.Signal.Kind, history, at.Signal.Channel, at.Signal.Frames);
        if (_score >= 0) values[_score] = prediction.Smoothed;
        if (_scoreRatio >= 0) values[_scoreRatio] = prediction.ScoreRatio;
        if (_alarm >= 0) values[_alarm] = float.IsNaN(prediction.Smoothed) ? float.NaN : prediction.IsAlarm ? 1 : 0;
        foreach (var (index, name) in _classes)
            values[index] = prediction.Class is null ? float.NaN : prediction.Class == name ? prediction.Probability : 0;
        if (_life >= 0) values[_life] = prediction.Life?.Median ?? float.NaN;
        if (_lifeLow >= 0) values[_lifeLow] = prediction.Life?.Low ?? float.NaN;
    }
}
