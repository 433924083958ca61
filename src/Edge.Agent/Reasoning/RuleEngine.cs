using System.Numerics;
using System.Runtime.InteropServices;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;

namespace Edge.Agent.Reasoning;

/// <summary>Judges a rule set frame by frame. Pure: time and numbers come in, decisions go out. Nothing
/// is allocated while nothing changes. Not thread-safe.</summary>
/// <remarks>
/// A condition over a number that is not there is unknown; an unknown rule counts as not holding, and a comparison keeps its hysteresis meanwhile.
/// Where raised rules want one actuator, the highest priority has it (of equals, the earlier in the file); when it clears, the next one takes over.
/// </remarks>
internal sealed class RuleEngine
{
    private readonly RuleSet _set;
    private readonly Rule[] _rules;
    private readonly int[] _roots;
    private readonly RuleNode[] _nodes;
    private readonly int[] _children;
    private readonly RuleSignal[] _signals;
    private readonly SlidingSummary?[] _summaries;
    private readonly float[] _values;
    private readonly bool[] _latched;
    private readonly RuleState[] _states;
    private readonly ActuatorHolders _holders;
    private readonly List<Decision> _decisions = [];
    private long _runStartUs;

    public RuleEngine(RuleSet set)
    {
        _set = set;
        _rules = [.. set.Rules];
        _roots = [.. set.Rules.Select(static rule => rule.Root)];
        _nodes = [.. set.Nodes];
        _children = [.. set.Children];
        _signals = [.. set.Signals];
        _summaries = [.. set.Signals.Select(static signal => SlidingSummary.Fits(signal) ? new SlidingSummary(signal.Channel, signal.Frames) : null)];
        _values = new float[_signals.Length];
        _latched = new bool[_nodes.Length];
        _states = new RuleState[_rules.Length];
        _holders = new ActuatorHolders(_rules);
    }

    public RuleSet Rules => _set;

    /// <summary>Rules judged so far, one per rule and frame.</summary>
    public long Evaluations { get; private set; }

    public bool IsRaised(int rule) => _states[rule].Raised;

    /// <summary>Forgets all conditions: another run begins.</summary>
    public void StartRun(long timestampUs)
    {
        _runStartUs = timestampUs;
        Array.Clear(_latched);
        Array.Clear(_states);
        _holders.Clear();
    }

    /// <summary>Judges every rule on the newest frame.</summary>
    /// <param name="isFrame">False when time went on without a frame: conditions over time are judged, frames are not counted twice.</param>
    /// <returns>What changed, highest priority first; valid until the next call.</returns>
    public ReadOnlySpan<Decision> Evaluate(FrameHistory history, in Prediction prediction, long nowUs, bool isFrame = true)
    {
        _decisions.Clear();
        for (var i = 0; i < _signals.Length; i++) _values[i] = ValueOf(i, history, prediction, nowUs);
        var changed = false;
        for (var i = 0; i < _rules.Length; i++) changed |= Judge(i, nowUs, isFrame);
        Evaluations += _rules.Length;
        return changed ? Conclude(nowUs, null) : [];
    }

    /// <summary>Clears every raised rule: the machine's run has ended.</summary>
    public ReadOnlySpan<Decision> EndRun(long nowUs)
    {
        _decisions.Clear();
        var changed = false;
        foreach (ref var state in _states.AsSpan())
        {
            changed |= state.Raised;
            state.Raised = false;
        }

        return changed ? Conclude(nowUs, "the run ended") : [];
    }

    private float ValueOf(int index, FrameHistory history, in Prediction prediction, long nowUs)
    {
        ref readonly var signal = ref _signals[index];
        switch (signal.Kind)
        {
            case SignalKind.Latest:
                return history.LastValue[signal.Channel];
            case SignalKind.Missing:
                return float.IsNaN(history.LastValue[signal.Channel]) ? 1 : 0;
            case SignalKind.Age:
                return (nowUs - Math.Max(history.LastSeenUs[signal.Channel], _runStartUs)) / 1e6f;
            case SignalKind.Score:
                return prediction.Smoothed;
            case SignalKind.ScoreRatio:
                return prediction.ScoreRatio;
            case SignalKind.Alarm:
                return float.IsNaN(prediction.Smoothed) ? float.NaN : prediction.IsAlarm ? 1 : 0;
            case SignalKind.Class:
                return prediction.Class is null ? float.NaN : prediction.Class == signal.Class ? prediction.Probability : 0;
            case SignalKind.Life:
                return prediction.Life is { } life ? life.Median : float.NaN;
            case SignalKind.LifeLow:
                return prediction.Life is { } band ? band.Low : float.NaN;
            default:
                return _summaries[index]?.Of(signal.Kind, history)
                    ?? SignalMath.OverFrames(signal.Kind, history, signal.Channel, signal.Frames);
        }
    }

    /// <summary>True when the rule was raised or cleared.</summary>
    private bool Judge(int index, long nowUs, bool isFrame)
    {
        ref var state = ref _states[index];
        var holds = Judge(_roots[index]) == Truth.True;

        // Without a frame the moment still counts for the debounce, but is not remembered as a frame.
        var recent = (state.Recent << 1) | (holds ? 1u : 0u);
        if (isFrame) state.Recent = recent;
        if (holds && !state.Holds) state.SinceUs = nowUs;
        state.Holds = holds;
        if (!holds && !state.Raised) return false;
        if (holds) state.LastTrueUs = nowUs;
        var rule = _rules[index];
        if (state.Raised)
        {
            if (holds || nowUs - state.LastTrueUs < rule.HoldUs) return false;
            state.Raised = false;
            return true;
        }

        if (nowUs - state.SinceUs < rule.Debounce.ForUs) return false;
        var mask = rule.Debounce.Of == 64 ? ulong.MaxValue : (1ul << rule.Debounce.Of) - 1;
        if (BitOperations.PopCount(recent & mask) < rule.Debounce.Count) return false;
        state.Raised = true;
        state.RaisedAtUs = nowUs;
        return true;
    }

    private Truth Judge(int index)
    {
        ref readonly var node = ref _nodes[index];
        if (node.Signal >= 0) return Compare(index, node);
        if (node.Kind == NodeKind.Not)
        {
            return Judge(_children[node.FirstChild]) switch { Truth.True => Truth.False, Truth.False => Truth.True, _ => Truth.Unknown };
        }

        // Every child is judged, also when the outcome is clear: each keeps its own hysteresis.
        var decisive = node.Kind == NodeKind.All ? Truth.False : Truth.True;
        var result = node.Kind == NodeKind.All ? Truth.True : Truth.False;
        for (var i = 0; i < node.ChildCount; i++)
        {
            var child = Judge(_children[node.FirstChild + i]);
            if (child == decisive) result = decisive;
            else if (child == Truth.Unknown && result != decisive) result = Truth.Unknown;
        }

        return result;
    }

    private Truth Compare(int index, in RuleNode node)
    {
        var value = _values[node.Signal];
        if (float.IsNaN(value)) return Truth.Unknown;
        var level = _latched[index] ? node.Clear : node.Raise;
        var holds = node.Kind == NodeKind.Above ? value > level : value < level;
        _latched[index] = holds;
        return holds ? Truth.True : Truth.False;
    }

    // Only here is memory taken: something changed.
    private ReadOnlySpan<Decision> Conclude(long nowUs, string? ending)
    {
        _holders.Update(_rules, _states);
        for (var i = 0; i < _rules.Length; i++)
        {
            var rule = _rules[i];
            ref readonly var state = ref _states[i];
            var turn = _holders.TurnOf(i);
            if (turn == Turn.None && !_holders.Changed(i)) continue;
            var kind = !state.Raised ? DecisionKind.Cleared : _holders.Changed(i) ? DecisionKind.Raised : DecisionKind.Resumed;
            _decisions.Add(new Decision
            {
                RuleId = rule.Id,
                Kind = kind,
                Severity = rule.Severity,
                Priority = rule.Priority,
                AlarmId = $"{rule.Id}-{state.RaisedAtUs}",
                TimestampUs = nowUs,
                Reasons = ending is null ? RuleReasons.Of(_set, rule.Root, _values, state.Raised) : [ending],
                Command = turn switch { Turn.Act => rule.Action, Turn.Release => rule.Release, _ => null },
                HeldBy = state.Raised && turn == Turn.None ? _holders.HolderOf(i) : null,
            });
        }

        _holders.Settle();
        _decisions.Sort(static (a, b) => b.Priority.CompareTo(a.Priority));
        return CollectionsMarshal.AsSpan(_decisions);
    }
}
