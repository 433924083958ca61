using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Planning;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>One rollout over a simulated fleet: the hub's own planner, state machine and gate, on what the devices say.</summary>
internal sealed class SimulatedRollout
{
    private const string New = "sha256:new";

    /// <summary>A window a second.</summary>
    private const int WindowsPerLook = 60;

    /// <summary>What each device alarms on by itself, on average, and so what a good model promises.</summary>
    private const double Promised = 0.05;

    private static readonly HashSet<string> Registered = [SimulatedDevice.Old];

    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    private readonly Random _random;
    private readonly double _online;
    private readonly Dictionary<string, SimulatedDevice> _devices;
    private readonly List<SimulatedDevice> _live;
    private readonly Dictionary<string, DeviceSeen> _twins;
    private readonly Dictionary<string, TruthCounts> _truth = [];
    private readonly Dictionary<string, TruthCounts> _otherTruth = [];
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private RolloutState _rollout;

    /// <param name="online">Share of each group, and of those not told, that is online; the others never are.</param>
    /// <param name="before">What devices answer with; null: it is their first model.</param>
    public SimulatedRollout(int seed, int devices, SimulatedModel model, GatePolicy gate, double online, string? before)
    {
        (_random, _online) = (new Random(seed), online);
        _devices = Enumerable.Range(0, devices).Select(i => new SimulatedDevice($"d{i}", (seed * 100_003) + i, model, before))
            .ToDictionary(static device => device.Id);
        var request = new RolloutRequest { Digest = New, RequestedBy = "simulation", Reason = "because", Gate = gate };
        var candidates =
            _devices.Values.Select(static device => new Candidate(
                device.Id, true, $"{device.Site} {device.Hardware}", new Dictionary<string, string>())).ToList();
        // Another order each time: the planner's is the same for the same digest.
        var plan = GroupPlanner.Plan(request with { Digest = $"{New} {seed}" }, candidates);
        _rollout = RolloutStateMachine.Begin(
            "r", request, plan, _devices.Keys.ToDictionary(static id => id, _ => before), _now) with { PromisedAlarms = Promised };
        foreach (var id in plan.Groups.SelectMany(group => group.Devices.Skip((int)Math.Ceiling(group.Devices.Count * online))))
            _devices[id].IsOnline = false;
        _live = [.. _devices.Values.Where(static device => device.IsOnline)];
        foreach (var device in _devices.Values) device.Report();
        _twins = _devices.ToDictionary(static pair => pair.Key, static pair => pair.Value.Twin);
    }

    /// <param name="looked">Told of the minutes since it began and the state after each look; null: nobody asks.</param>
    public Ending Play(Action<double, RolloutState>? looked = null)
    {
        DateTimeOffset? stopped = null;
        var away = TimeSpan.Zero;
        // Whoever is there has been for a while before anybody is told.
        for (var i = 0; i < 10; i++) Step(isToLook: false);
        var begun = _now;
        while (!_rollout.HasEnded && _now < begun.AddDays(2))
        {
            Step(isToLook: true);
            looked?.Invoke((_now - begun).TotalMinutes, _rollout);
            if (_rollout.StoppedBy is not null) stopped ??= _now;
            if (!_rollout.HasEnded && stopped is not null && !_rollout.Devices.Any(IsInTheWay)) away += LookInterval;
        }

        var minutes = ((stopped ?? _now) - begun).TotalMinutes;
        return new Ending(
            _rollout.StoppedBy, _rollout.IsHarmful, _rollout.Devices.Count(static device => device.Touched),
            _rollout.Devices.Count(static device => device is { Touched: true, Group: > 0 }), minutes,
            stopped is { } since ? (_now - since).TotalMinutes : 0, away.TotalMinutes, _rollout.HasEnded)
        {
            Why = _rollout.Transitions.FirstOrDefault(static move => move.To == GroupState.Failed) is { } failed
                ? $"{failed.Group}: {failed.Reason}" : null,
        };
    }

    /// <summary>Changed, online, and not back yet.</summary>
    private bool IsInTheWay(DeviceState device) => device is { Touched: true, Back: false } && _devices[device.DeviceId].IsOnline;

    private void Step(bool isToLook)
    {
        var facts = new List<RolloutFact>();
        foreach (var device in _live)
        {
            // Connections come and go.
            if (_online >= 1) device.IsOnline = _random.NextDouble() < (device.IsOnline ? 0.99 : 0.2);
            if (device.IsOnline) device.LastSeen = _now;
            facts.AddRange(device.Live(WindowsPerLook));
        }

        _rollout = RolloutObservation.Observe(_rollout, facts);
        _now += LookInterval;
        if (!isToLook) return;
        var seen = Look();
        _rollout = RolloutStateMachine.Advance(_rollout, seen);
        foreach (var wanted in RolloutStateMachine.Wanted(_rollout, seen)) _devices[wanted.DeviceId].Tell(wanted);
    }

    private FleetSeen Look()
    {
        foreach (var device in _live)
        {
            _twins[device.Id] = device.Twin;
            if (device.Truth.New.Labelled > 0) _truth[device.Id] = device.Truth.New;
            if (device.Truth.Old.Labelled > 0) _otherTruth[device.Id] = device.Truth.Old;
        }

        return new FleetSeen(_now, _twins, _truth) { Registered = Registered, OtherTruth = _otherTruth };
    }

    /// <param name="StoppedBy">Null: completed.</param>
    /// <param name="Changed">Devices that answered with the new model.</param>
    /// <param name="Beyond">Of them those of later groups than the first.</param>
    /// <param name="Minutes">Until the verdict that stopped it, or until it was completed.</param>
    /// <param name="RestoreMinutes">From the verdict until every changed device answers with what it had.</param>
    /// <param name="AwayMinutes">Of them those in which only devices that were away had not gone back.</param>
    internal sealed record Ending(
        string? StoppedBy, bool IsHarmful, int Changed, int Beyond, double Minutes, double RestoreMinutes, double AwayMinutes, bool HasEnded)
    {
        /// <summary>Group and reason of the gate that stopped it; null: none did.</summary>
        public string? Why { get; init; }
    }
}
