namespace Edge.Agent.Reasoning;

/// <summary>Which raised rule holds each actuator: the highest priority, of equals the earlier in the file.</summary>
internal sealed class ActuatorHolders
{
    private const int Nobody = -1;

    private readonly Rule[] _rules;
    private readonly int[] _actuatorOf;
    private readonly int[] _before;
    private readonly int[] _now;
    private readonly bool[] _raisedBefore;
    private readonly bool[] _raisedNow;

    public ActuatorHolders(Rule[] rules)
    {
        _rules = rules;
        var names = rules.Where(rule => rule.Action is not null).Select(rule => rule.Action!.Actuator).Distinct().ToArray();
        _actuatorOf = [.. rules.Select(rule => rule.Action is null ? Nobody : Array.IndexOf(names, rule.Action.Actuator))];
        _before = new int[names.Length];
        _now = new int[names.Length];
        _raisedBefore = new bool[rules.Length];
        _raisedNow = new bool[rules.Length];
        Clear();
    }

    public void Clear()
    {
        Array.Fill(_before, Nobody);
        Array.Fill(_now, Nobody);
        Array.Clear(_raisedBefore);
        Array.Clear(_raisedNow);
    }

    public void Update(ReadOnlySpan<Rule> rules, ReadOnlySpan<RuleState> states)
    {
        Array.Fill(_now, Nobody);
        for (var i = 0; i < rules.Length; i++)
        {
            _raisedNow[i] = states[i].Raised;
            var actuator = _actuatorOf[i];
            if (actuator < 0 || !states[i].Raised) continue;
            if (_now[actuator] == Nobody || rules[i].Priority > rules[_now[actuator]].Priority) _now[actuator] = i;
        }
    }

    /// <summary>The rule was raised or cleared in this update.</summary>
    public bool Changed(int rule) => _raisedNow[rule] != _raisedBefore[rule];

    public Turn TurnOf(int rule)
    {
        var actuator = _actuatorOf[rule];
        if (actuator < 0) return Turn.None;
        if (_now[actuator] == rule && _before[actuator] != rule) return Turn.Act;
        return _now[actuator] == Nobody && _before[actuator] == rule ? Turn.Release : Turn.None;
    }

    /// <summary>Id of the rule that holds this rule's actuator; null if none other does.</summary>
    public string? HolderOf(int rule)
    {
        var actuator = _actuatorOf[rule];
        return actuator < 0 || _now[actuator] == Nobody || _now[actuator] == rule ? null : _rules[_now[actuator]].Id;
    }

    /// <summary>The update is over: what is now is what was.</summary>
    public void Settle()
    {
        _now.CopyTo(_before, 0);
        _raisedNow.CopyTo(_raisedBefore, 0);
    }
}
