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
    private readonly SignalReader _signals;
    private readonly ConditionTree _conditions;
    private readonly float[] _values;
    private readonly RuleState[] _states;
    private readonly ActuatorHolders _holders;
    private readonly List<Decision> _decisions = [];
    private readonly Func<IReadOnlyList<string>> _explain;
    private long _runStartUs;

    // A rule holds, is raised, or held within the frames that its debounce counts.
    private bool _isAwake;

    /// <param name="explain">What a person should know of the machine when a rule is raised by what the model says; null: nothing more.</param>
    public RuleEngine(RuleSet set, Func<IReadOnlyList<string>>? explain = null)
    {
        _set = set;
        _explain = explain ?? (static () => []);
        _rules = [.. set.Rules];
        _roots = [.. set.Rules.Select(static rule => rule.Root)];
        _signals = new SignalReader(set.Signals);
        _conditions = new ConditionTree(set);
        _values = new float[set.Signals.Count];
        _states = new RuleState[_rules.Length];
        _holders = new ActuatorHolders(_rules);
    }

    public RuleSet Rules => _set;

    /// <summary>Rules judged so far, one per rule and frame.</summary>
    public long Evaluations { get; private set; }

    public bool IsRaised(int rule) => _states[rule].Raised;

    /// <summary>No rule holds, is raised, or held within the frames that its debounce counts.</summary>
    public bool IsCalm => !_isAwake;

    /// <summary>Forgets all conditions: another run begins.</summary>
    public void StartRun(long timestampUs)
    {
        _runStartUs = timestampUs;
        _isAwake = false;
        _conditions.Clear();
        Array.Clear(_states);
        _holders.Clear();
    }

    /// <summary>Judges every rule on the newest frame.</summary>
    /// <param name="isFrame">False when time went on without a frame: conditions over time are judged, frames are not counted twice.</param>
    /// <returns>What changed, highest priority first; valid until the next call.</returns>
    public ReadOnlySpan<Decision> Evaluate(FrameHistory history, in Prediction prediction, long nowUs, bool isFrame = true)
    {
        _decisions.Clear();
        _signals.Read(history, prediction, _runStartUs, nowUs, _values);
        _conditions.Judge(_values);
        Evaluations += _rules.Length;
        // Where nothing holds, is raised or is remembered, no rule can change.
        if (!_isAwake && !AnyHolds()) return [];
        var changed = false;
        _isAwake = false;
        for (var i = 0; i < _rules.Length; i++) changed |= Judge(i, nowUs, isFrame);
        return changed ? Conclude(nowUs, prediction, null) : [];
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

        return changed ? Conclude(nowUs, Prediction.None, "the run ended") : [];
    }

    private bool AnyHolds()
    {
        foreach (var root in _roots)
        {
            if (_conditions.Holds(root)) return true;
        }

        return false;
    }

    /// <summary>True when the rule was raised or cleared.</summary>
    private bool Judge(int index, long nowUs, bool isFrame)
    {
        ref var state = ref _states[index];
        var changed = Judge(ref state, _rules[index], _conditions.Holds(_roots[index]), nowUs, isFrame);
        _isAwake |= state.Holds || state.Raised || state.Recent != 0;
        return changed;
    }

    private static bool Judge(ref RuleState state, Rule rule, bool holds, long nowUs, bool isFrame)
    {
        // Without a frame the moment still counts for the debounce, but is not remembered as a frame.
        var frames = rule.Debounce.Of == 64 ? ulong.MaxValue : (1ul << rule.Debounce.Of) - 1;
        var recent = ((state.Recent << 1) | (holds ? 1u : 0u)) & frames;
        if (isFrame) state.Recent = recent;
        if (holds && !state.Holds) state.SinceUs = nowUs;
        state.Holds = holds;
        if (!holds && !state.Raised) return false;
        if (holds) state.LastTrueUs = nowUs;
        if (state.Raised)
        {
            if (holds || nowUs - state.LastTrueUs < rule.HoldUs) return false;
            state.Raised = false;
            return true;
        }

        if (nowUs - state.SinceUs < rule.Debounce.ForUs || BitOperations.PopCount(recent) < rule.Debounce.Count) return false;
        state.Raised = true;
        state.RaisedAtUs = nowUs;
        return true;
    }

    // Only here is memory taken: something changed.
    private ReadOnlySpan<Decision> Conclude(long nowUs, scoped in Prediction prediction, string? ending)
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
                Reasons = ending is not null ? [ending] : Reasons(rule.Root, prediction, state.Raised, kind),
                Command = turn switch { Turn.Act => rule.Action, Turn.Release => rule.Release, _ => null },
                HeldBy = state.Raised && turn == Turn.None ? _holders.HolderOf(i) : null,
            });
        }

        _holders.Settle();
        _decisions.Sort(static (a, b) => b.Priority.CompareTo(a.Priority));
        return CollectionsMarshal.AsSpan(_decisions);
    }

    private IReadOnlyList<string> Reasons(int root, in Prediction prediction, bool isRaised, DecisionKind kind)
    {
        var reasons = RuleReasons.Of(_set, root, _values, prediction, isRaised);
        return kind == DecisionKind.Raised && RuleReasons.AsksModel(_set, root) ? [.. reasons, .. _explain()] : reasons;
    }
}
