using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

/// <summary>The state machine with twins that a test moves by hand: no hub, no clock but its own.</summary>
internal sealed class RolloutScene
{
    public const string Old = "sha256:old";
    public const string New = "sha256:new";

    /// <param name="adjust">Last word on the request.</param>
    public RolloutScene(int devices, GatePolicy? gate = null, int offline = 0, string? previous = Old, int outsiders = 1, Func<RolloutRequest, RolloutRequest>? adjust = null)
    {
        var request = new RolloutRequest { Digest = New, RequestedBy = "test", Reason = "because", Gate = gate ?? new GatePolicy { MinimumWindows = 100 } };
        if (adjust is not null) request = adjust(request);
        for (var i = 0; i < devices; i++)
        {
            Twins[$"d{i}"] = new DeviceSeen { DeviceId = $"d{i}", Online = i >= offline, HasReported = true, ActiveDigest = previous, DesiredDigest = previous, IsUpToDate = true, SlotState = SlotState.Committed };
        }

        var plan = GroupPlanner.Plan(request, [.. Twins.Values.Select(static twin => new Candidate(twin.DeviceId, twin.Online, "slice", new Dictionary<string, string>()))]);
        Rollout = RolloutStateMachine.Begin("r1", request, plan, Twins.ToDictionary(static pair => pair.Key, static pair => pair.Value.CurrentDigest), Now);
        for (var i = 0; i < outsiders; i++)
        {
            Twins[$"x{i}"] = new DeviceSeen { DeviceId = $"x{i}", Online = true, HasReported = true, ActiveDigest = Old, DesiredDigest = Old, IsUpToDate = true, SlotState = SlotState.Committed };
        }
    }

    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    public RolloutState Rollout { get; set; }

    public Dictionary<string, DeviceSeen> Twins { get; } = [];

    public Dictionary<string, (long Alarmed, long Quiet)> Truth { get; } = [];

    public FleetSeen Seen => new(Now, new Dictionary<string, DeviceSeen>(Twins), Truth);

    public IEnumerable<string> Told => Rollout.Devices.Where(static device => device.Told).Select(static device => device.DeviceId);

    public IReadOnlyList<string> DevicesOf(int group) => [.. Rollout.Devices.Where(device => device.Group == group).Select(static device => device.DeviceId)];

    /// <summary>One look; whoever is told has it in its desired state after it.</summary>
    public IReadOnlyList<WantedModel> Look()
    {
        var seen = Seen;
        Rollout = RolloutStateMachine.Advance(Rollout, seen);
        var wanted = RolloutStateMachine.Wanted(Rollout, seen);
        foreach (var model in wanted)
        {
            Twins[model.DeviceId] = Twins[model.DeviceId] with { DesiredDigest = model.Digest, DesiredRolloutId = model.Digest is null ? null : Rollout.RolloutId, DesiredIsRestore = model.Restore && model.Digest is not null, IsUpToDate = false };
        }

        return wanted;
    }

    /// <summary>Does what is desired of it and says so, if it is online.</summary>
    public void Obey(string device)
    {
        var twin = Twins[device];
        if (!twin.Online) return;
        Twins[device] = twin with { ActiveDigest = twin.DesiredDigest, IsUpToDate = true, SlotState = SlotState.Committed };
        if (twin.DesiredDigest is not null) Report(device, SlotState.Committed, twin.DesiredDigest, twin.DesiredDigest);
    }

    public void ObeyAll()
    {
        foreach (var device in Rollout.Devices) Obey(device.DeviceId);
    }

    public void Report(string device, SlotState state, string digest, string? answering, string? reason = null) =>
        Observe(new RolloutFact(device, new SlotReport { State = state, Digest = digest, AnsweringDigest = answering, BootId = "b", Reason = reason, RolloutId = Rollout.RolloutId }, null));

    public void Evidence(string device, string digest, long windows, long alarms, long invalid = 0, double p99 = 100) => Observe(new RolloutFact(device, null, new ModelEvidence
    {
        Digest = digest, BootId = "b", RunId = "run", FromUs = 0, ToUs = 1, Windows = windows, AlarmWindows = alarms, InvalidWindows = invalid, InferenceP99Us = p99,
    }));

    /// <summary>The group being judged shows the new digest at work; one outsider shows the old one.</summary>
    public void Work(int group, long windows = 200, long alarms = 10, long controlAlarms = 10)
    {
        foreach (var device in DevicesOf(group))
        {
            if (Twins[device].Online) Evidence(device, New, windows, alarms);
        }

        if (Twins.ContainsKey("x0")) Evidence("x0", Old, 200, controlAlarms);
    }

    private void Observe(RolloutFact fact) => Rollout = RolloutObservation.Observe(Rollout, [fact]);
}
