using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Models;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>A device as the agent is one: shadow, swap, health window, return; evidence and slot reports kept while it is
/// offline. Its machine runs, stands still, falls ill; no two are alike.</summary>
internal sealed class SimulatedDevice
{
    public const string Old = "sha256:old";

    /// <summary>Answers stay what they are for so many windows on average.</summary>
    public const double Episode = 10;

    private const int EvidenceWindows = 100;
    private const int HealthWindows = 50;
    private const double Detection = 0.9;
    private const int Change = (int)(65_536 / Episode);

    /// <summary>A machine that falls ill is so for five minutes, and one hundredth of all time.</summary>
    private const double FaultWindows = 300;
    private const double FaultyShare = 0.01;

    /// <summary>The new model differs from the old one on three in ten of the old one's errors, and makes as many others.</summary>
    private const double Differs = 0.3;

    private readonly QuickRandom _random;
    private readonly string[] _slices;
    private readonly SimulatedModel _model;
    private readonly double _falseAlarms;
    private readonly double _latencyUs;
    private readonly double _inputs;
    private readonly double _labelled;
    private readonly List<RolloutFact> _outbox = [];
    private readonly string? _before;
    private string? _desired;
    private string? _handled;
    private bool _isRestore;
    private bool _isRunning;
    private bool _isFaulty;
    private (bool OldFalse, bool OldCaught, double Difference, double Badness) _answer;
    private (int Compared, int Disagreed, int New, int Old, int Invalid) _shadow;
    private (int Windows, int Alarms, int Invalid) _shown;
    private (bool IsShadowing, bool IsProving, int Healthy, int Starts) _step;
    private long _untilTurn;
    private int _boot;
    private int _desiredShadow;
    private int _shadowWindows;

    /// <param name="before">What it answers with; null: it has no model yet.</param>
    public SimulatedDevice(string id, int seed, SimulatedModel model, string? before)
    {
        (Id, _random, _model) = (id, new QuickRandom((ulong)seed), model);
        Active = _desired = _handled = _before = before;
        Hardware = _random.NextDouble() switch { < 0.1 => "old", < 0.4 => "rpi5", _ => "rpi4" };
        Site = $"s{_random.Next() % 10}";
        _slices = [$"site={Site}", $"hardware={Hardware}"];
        _falseAlarms = Math.Min(0.3, 0.05 * Math.Exp(0.5 * _random.Normal()));
        _latencyUs = 300 * Math.Exp(0.3 * _random.Normal());
        _inputs = 0.3 + (0.1 * _random.NextDouble());
        _labelled = _random.NextDouble() < 0.5 ? 0.4 : 0;
        _untilTurn = _random.Until(FaultWindows * ((1 / FaultyShare) - 1));
        _isRunning = _random.NextDouble() < 0.85;
        _answer = (_random.NextDouble() < _falseAlarms, _random.NextDouble() < Detection, _random.NextDouble(), _random.NextDouble());
    }

    public string Id { get; }

    public string Hardware { get; }

    public string Site { get; }

    public bool IsOnline { get; set; } = true;

    /// <summary>Null: it never was online.</summary>
    public DateTimeOffset? LastSeen { get; set; }

    public string? Active { get; private set; }

    public bool HasNew => Active != _before;

    /// <summary>Windows whose truth people gave, by the new model and by the old one.</summary>
    public (TruthCounts New, TruthCounts Old) Truth { get; private set; }

    /// <summary>What its retained report says; as it was when it was last online.</summary>
    public DeviceSeen Twin { get; private set; } = null!;

    /// <summary>It stands in the desired state from now on, and is heard when the device is there.</summary>
    public void Tell(WantedModel wanted) => (_desired, _isRestore, _desiredShadow) = (wanted.Digest, wanted.Restore, wanted.ShadowWindows);

    /// <summary>So many windows pass; then it says what it has to say, if it is online.</summary>
    public IReadOnlyList<RolloutFact> Live(int windows)
    {
        if (IsOnline) Obey();
        // A machine runs for two hours and stands still for twenty minutes.
        if (_random.NextDouble() < windows / (_isRunning ? 7_200.0 : 1_200.0)) _isRunning = !_isRunning;
        for (var i = 0; i < windows && _isRunning; i++) Window();
        // Power fails now and then, whatever the model.
        if (_random.NextDouble() < 0.001) Restart();
        if (!IsOnline)
        {
            if (Twin is not null) Twin = Twin with { Online = false, LastSeen = LastSeen };
            return [];
        }

        Report();
        var said = _outbox.ToArray();
        _outbox.Clear();
        return said;
    }

    /// <summary>Says what it is now; a new twin only where that is news.</summary>
    public void Report()
    {
        var slot = _step.IsShadowing ? SlotState.Shadowing : _step.IsProving ? SlotState.Active : SlotState.Committed;
        var isUpToDate = _handled == _desired || _step.IsShadowing;
        if (Twin is { } last && last.Online == IsOnline && last.ActiveDigest == Active && last.SlotState == slot && last.IsUpToDate == isUpToDate
            && last.DesiredDigest == _desired && last.DesiredIsRestore == _isRestore) return;
        Twin = new DeviceSeen
        {
            DeviceId = Id, Online = IsOnline, HasReported = true, ActiveDigest = Active, Hardware = Hardware, Slices = _slices,
            IsUpToDate = isUpToDate, SlotState = slot, DesiredDigest = _desired, DesiredRolloutId = "r", DesiredIsRestore = _isRestore,
        };
    }

    private void Obey()
    {
        if (_desired == _handled) return;
        (_handled, _shadowWindows) = (_desired, _desiredShadow);
        if (_isRestore)
        {
            var hadNew = HasNew;
            Tell();
            (Active, _step) = (_before, default);
            // What it has only tried out is dropped without a word.
            if (hadNew) Say(SlotState.Returned, "restored");
            return;
        }

        if (_random.NextDouble() < 0.02)
        {
            Say(SlotState.Refused, "download");
            return;
        }

        if (_before is null)
        {
            (Active, _step) = (_handled, (false, true, 0, 0));
            Say(SlotState.Active);
            return;
        }

        (_step, _shadow) = ((true, false, 0, 0), default);
        Say(SlotState.Shadowing);
    }

    private void Window()
    {
        if (--_untilTurn <= 0)
        {
            _isFaulty = !_isFaulty;
            _untilTurn = _random.Until(_isFaulty ? FaultWindows : FaultWindows * ((1 / FaultyShare) - 1));
        }

        // One draw says which of four things change now, each once in an episode.
        var draw = _random.Next();
        if ((ushort)draw < Change) _answer.OldFalse = _random.Chance(_falseAlarms);
        if ((ushort)(draw >> 16) < Change) _answer.OldCaught = _random.Chance(Detection);
        if ((ushort)(draw >> 32) < Change) _answer.Difference = _random.NextDouble();
        if ((ushort)(draw >> 48) < Change) _answer.Badness = _random.NextDouble();
        var old = _isFaulty ? _answer.OldCaught : _answer.OldFalse;
        var isInvalid = _model.Invalid > 0 && _random.NextDouble() < _model.Invalid;
        if (_step.IsShadowing) Compare(old, NewAnswer(old), isInvalid);
        var isAlarm = HasNew ? !isInvalid && NewAnswer(old) : old;
        isInvalid &= HasNew;
        _shown = (_shown.Windows + 1, _shown.Alarms + (isAlarm ? 1 : 0), _shown.Invalid + (isInvalid ? 1 : 0));
        if (Active is not null && _labelled > 0 && _random.NextDouble() < _labelled) Label(isAlarm);
        if (_step.IsProving) Prove(isInvalid);
        if (HasNew && _model.CrashEvery > 0 && _random.NextDouble() < 1 / _model.CrashEvery) Restart();
        if (_shown.Windows >= EvidenceWindows) Tell();
    }

    private bool NewAnswer(bool old)
    {
        var isBad = _model.OnlyHardware is null || _model.OnlyHardware == Hardware;
        if (isBad && _answer.Badness < _model.Wrong) return !_isFaulty;
        if (isBad && !_isFaulty && _answer.Badness < _model.FalseAlarm) return true;
        var (error, rate) = _isFaulty ? (!old, 1 - Detection) : (old, _falseAlarms);
        // As many errors leave as come.
        return _answer.Difference < (error ? Differs : Differs * rate / (1 - rate)) ? !old : old;
    }

    private void Compare(bool old, bool next, bool isInvalid)
    {
        _shadow = (
            _shadow.Compared + 1, _shadow.Disagreed + (!isInvalid && next != old ? 1 : 0), _shadow.New + (!isInvalid && next ? 1 : 0),
            _shadow.Old + (!isInvalid && old ? 1 : 0), _shadow.Invalid + (isInvalid ? 1 : 0));
        if (_shadow.Compared < _shadowWindows) return;
        var compared = Comparison;
        _step = default;
        if (_shadow.Invalid > 0)
        {
            Say(SlotState.Refused, "shadow");
            return;
        }

        Tell();
        (Active, _step) = (_handled!, (false, true, 0, 0));
        Say(SlotState.Active, shadow: compared);
    }

    private void Prove(bool isInvalid)
    {
        if (isInvalid)
        {
            GoBack();
            return;
        }

        if (++_step.Healthy < HealthWindows) return;
        _step = default;
        Say(SlotState.Committed);
    }

    private void Restart()
    {
        _boot++;
        // What was not told yet is lost; three starts within the health window, and the agent goes back by itself.
        _shown = default;
        if (_step.IsShadowing) _shadow = default;
        if (_step.IsProving && ++_step.Starts > 3) GoBack();
    }

    private void GoBack()
    {
        Tell();
        (Active, _step) = (_before, default);
        Say(SlotState.Returned, "health");
    }

    private void Label(bool isAlarm)
    {
        var one = new TruthCounts(
            !_isFaulty && isAlarm ? 1 : 0, !_isFaulty && !isAlarm ? 1 : 0, _isFaulty && isAlarm ? 1 : 0, _isFaulty && !isAlarm ? 1 : 0);
        Truth = HasNew ? (Truth.New + one, Truth.Old) : (Truth.New, Truth.Old + one);
    }

    private ShadowEvidence Comparison => new(_handled!, _shadow.Compared, _shadow.Disagreed, _shadow.New, _shadow.Invalid, _latencyUs, _shadow.Old);

    private void Tell()
    {
        if (_shown.Windows == 0) return;
        if (Active is null)
        {
            _shown = default;
            return;
        }

        var isBad = HasNew && (_model.OnlyHardware is null || _model.OnlyHardware == Hardware);
        // One report in fifty is timed while the machine is busy with something else.
        var busy = _random.NextDouble() < 0.02 ? 30 : 1;
        var alarms = (double)_shown.Alarms / _shown.Windows;
        _outbox.Add(new RolloutFact(Id, null, new ModelEvidence
        {
            Digest = Active, BootId = $"b{_boot}", RunId = "run", FromUs = 0, ToUs = 1, Windows = _shown.Windows, AlarmWindows = _shown.Alarms,
            InvalidWindows = _shown.Invalid,
            InferenceP99Us = (busy * _latencyUs * Math.Exp(0.3 * _random.Normal())) + (isBad ? _model.ExtraLatencyUs : 0),
            InferenceTimings = _shown.Windows,
            ResidentBytes = (32 << 20) + (long)(_random.Next() % (2 << 20)) + (isBad ? _model.ExtraBytes : 0),
            MeanScoreRatio = (0.5 + (0.8 * alarms)) * (isBad ? _model.Confidence : 1) * Math.Exp(0.1 * _random.Normal()),
            MeanInputDeviation = Math.Clamp(_inputs + (isBad ? _model.ExtraInput : 0) + (0.03 * _random.Normal()), 0, 1),
            Shadow = _step.IsShadowing ? Comparison : null,
        }));
        _shown = default;
    }

    private void Say(SlotState state, string? reason = null, ShadowEvidence? shadow = null) => _outbox.Add(new RolloutFact(Id, new SlotReport
    {
        State = state, Digest = reason == "restored" || _handled == _before ? "sha256:new" : _handled!, AnsweringDigest = Active, BootId = $"b{_boot}",
        RolloutId = "r", Reason = reason, Shadow = shadow,
    }, null));
}
