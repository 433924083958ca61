using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Hmas.Contracts.Models;

namespace Hmas.Benchmarks.Hub;

/// <summary>One rollout over a fleet whose devices alarm in episodes, at a rate that depends on the model that answers.</summary>
internal sealed class SimulatedRollout
{
    private const string Old = "sha256:old";
    private const int WindowsPerLook = 10;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    private readonly Random _random;
    private readonly double _oldRate;
    private readonly double _newRate;
    private readonly double _episode;
    private readonly string[] _ids;
    private readonly bool[] _isNew;
    private readonly bool[] _isAlarmed;
    private readonly RolloutRequest _request;
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private RolloutState _rollout;

    private SimulatedRollout(int seed, int devices, double oldRate, double newRate, double episode)
    {
        _random = new Random(seed);
        (_oldRate, _newRate, _episode) = (oldRate, newRate, episode);
        _ids = [.. Enumerable.Range(0, devices).Select(static i => $"d{i}")];
        _isNew = new bool[devices];
        _isAlarmed = [.. _ids.Select(_ => _random.NextDouble() < oldRate)];
        _request = new RolloutRequest
        {
            Digest = $"sha256:{seed}", RequestedBy = "simulation", Reason = "because", Groups = [new("canary", 0.01), new("stage", 0.09), new("full", 0.9)],
        };
        var plan = GroupPlanner.Plan(_request, [.. _ids.Select(static id => new Candidate(id, true, "slice", new Dictionary<string, string>()))]);
        _rollout = RolloutStateMachine.Begin("r", _request, plan, _ids.ToDictionary(static id => id, static _ => (string?)Old), _now);
    }

    public static Ending Play(int seed, int devices, double oldRate, double newRate, double episode) => new SimulatedRollout(seed, devices, oldRate, newRate, episode).Play();

    private Ending Play()
    {
        while (_rollout.State == RolloutState.Running)
        {
            _rollout = RolloutObservation.Observe(_rollout, [.. _ids.Select((id, i) => new RolloutFact(id, null, Work(i)))]);
            var seen = Look();
            _rollout = RolloutStateMachine.Advance(_rollout, seen);
            // Whoever is told has it by the next look.
            foreach (var device in _rollout.Devices) _isNew[int.Parse(device.DeviceId.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)] = device.Told;
            _now += LookInterval;
        }

        return new Ending(_rollout.StoppedBy, _rollout.Devices.Count(static device => device.Touched), (_now - DateTimeOffset.UnixEpoch).TotalMinutes);
    }

    /// <summary>Windows of one device: an alarm goes on with the chance that makes an episode last as long as wanted, and begins so often that the rate is the model's.</summary>
    private ModelEvidence Work(int device)
    {
        var rate = _isNew[device] ? _newRate : _oldRate;
        var alarms = 0;
        for (var i = 0; i < WindowsPerLook; i++)
        {
            _isAlarmed[device] = _random.NextDouble() < Chance(rate, _isAlarmed[device]);
            if (_isAlarmed[device]) alarms++;
        }

        return new ModelEvidence
        {
            Digest = _isNew[device] ? _request.Digest : Old, BootId = "b", RunId = "r", FromUs = 0, ToUs = 1, Windows = WindowsPerLook, AlarmWindows = alarms, InferenceP99Us = 100,
        };
    }

    private double Chance(double rate, bool isAlarmed)
    {
        // Episodes of one window are no episodes; and a high rate makes them longer than wanted, since there is no pause short enough.
        if (_episode <= 1 || rate >= 1) return rate;
        var begins = rate / (1 - rate) / _episode;
        return begins <= 1 ? isAlarmed ? 1 - (1 / _episode) : begins : isAlarmed ? 2 - (1 / rate) : 1;
    }

    private FleetSeen Look() => new(
        _now,
        _ids.Select((id, i) => new DeviceSeen
        {
            DeviceId = id, Online = true, HasReported = true, IsUpToDate = true, SlotState = SlotState.Committed, ActiveDigest = _isNew[i] ? _request.Digest : Old,
            DesiredDigest = _isNew[i] ? _request.Digest : Old, DesiredRolloutId = _isNew[i] ? "r" : null,
        }).ToDictionary(static twin => twin.DeviceId, StringComparer.Ordinal),
        new Dictionary<string, TruthCounts>());

    /// <param name="StoppedBy">Null: completed.</param>
    /// <param name="Touched">Devices that answered with the new model.</param>
    internal sealed record Ending(string? StoppedBy, int Touched, double Minutes);
}
