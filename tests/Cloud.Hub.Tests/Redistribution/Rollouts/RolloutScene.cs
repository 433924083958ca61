using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

/// <summary>The state machine with twins that a test moves by hand: no hub, no clock but its own.</summary>
internal sealed class RolloutScene
{
    public const string Old = "sha256:old";
    public const string New = "sha256:new";

    /// <summary>Lenient on alarms: two hundred windows pass.</summary>
    public static GatePolicy Gate(int minimumWindows = 100, params (string Metric, double Limit)[] limits) => new()
    {
        MinimumWindows = minimumWindows, MaximumWait = TimeSpan.FromMinutes(10),
        Limits = limits.Append((GateLimits.AlarmRate, 0.25)).ToDictionary(static entry => entry.Item1, static entry => entry.Item2),
    };

    /// <param name="adjust">Last word on the request.</param>
    public RolloutScene(
        int devices, GatePolicy? gate = null, int offline = 0, string? previous = Old, Func<RolloutRequest, RolloutRequest>? adjust = null,
        ArtefactKind kind = ArtefactKind.Model)
    {
        var request = new RolloutRequest { Digest = New, RequestedBy = "test", Reason = "because", Gate = gate ?? Gate(), Groups = [
            new("canary", 0.1), new("stage", 0.4), new("full", 0.5)] };
        if (adjust is not null) request = adjust(request);
        for (var i = 0; i < devices; i++)
        {
            Twins[$"d{i}"] = new DeviceSeen { DeviceId = $"d{i}", Online = i >= offline, HasReported = true, ActiveDigest = previous,
                DesiredDigest = previous, IsUpToDate = true, SlotState = SlotState.Committed };
        }

        var plan = GroupPlanner.Plan(
            request, [.. Twins.Values.Select(static twin => new Candidate(twin.DeviceId, twin.Online, "slice", new Dictionary<string, string>()))]);
        Rollout = RolloutStateMachine.Begin(
            "r1", request, plan, Twins.ToDictionary(static pair => pair.Key, static pair => pair.Value.CurrentDigest), Now) with { Kind = kind };
    }

    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    public RolloutState Rollout { get; set; }

    public Dictionary<string, DeviceSeen> Twins { get; } = [];

    public Dictionary<string, TruthCounts> Truth { get; } = [];

    public Dictionary<string, TruthCounts> OtherTruth { get; } = [];

    public FleetSeen Seen =>
        new(Now, new Dictionary<string, DeviceSeen>(Twins),
            Truth) { OtherTruth = OtherTruth, Registered = new HashSet<string> { Old, New, "sha256:other" } };

    public IEnumerable<string> Told => Rollout.Devices.Where(static device => device.Told).Select(static device => device.DeviceId);

    /// <summary>A device that can be compared with; null: there is none.</summary>
    public string? Control =>
        Rollout.Devices.FirstOrDefault(device => Rollout.IsCompared(device) && device.PreviousDigest is not null
            && Twins[device.DeviceId].Online)?.DeviceId;

    public IReadOnlyList<string> DevicesOf(int group) =>
        [.. Rollout.Devices.Where(device => device.Group == group).Select(static device => device.DeviceId)];

    /// <summary>One look; whoever is told has it in its desired state after it.</summary>
    public IReadOnlyList<WantedModel> Look()
    {
        var seen = Seen;
        Rollout = RolloutStateMachine.Advance(Rollout, seen);
        var wanted = RolloutStateMachine.Wanted(Rollout, seen);
        foreach (var model in wanted)
        {
            Twins[model.DeviceId] = Twins[model.DeviceId]
                with { DesiredDigest = model.Digest, DesiredRolloutId = model.Digest is null
                    ? null : Rollout.RolloutId, DesiredIsRestore = model.Restore && model.Digest is not null, DesiredAttempt = model.Attempt,
                    IsUpToDate = false };
        }

        return wanted;
    }

    /// <summary>The first group is told and does it.</summary>
    public RolloutScene Begun()
    {
        Look();
        ObeyAll();
        return this;
    }

    /// <summary>And the hub has seen that.</summary>
    public RolloutScene Observing()
    {
        Begun().Look();
        return this;
    }

    public void Command(RolloutCommand command, string who = "op") => Rollout = RolloutOrders.Command(Rollout, command, who, Now);

    /// <summary>Does what is desired of it and says so, if it is online.</summary>
    public void Obey(string device)
    {
        var twin = Twins[device];
        if (!twin.Online) return;
        Twins[device] = twin with { ActiveDigest = twin.DesiredDigest, IsUpToDate = true, SlotState = SlotState.Committed };
        if (twin.DesiredDigest is not null) Report(device, SlotState.Committed, twin.DesiredDigest, twin.DesiredDigest);
    }

    /// <summary>Time goes on and every device that is online reports again.</summary>
    public void Pass(TimeSpan time, Func<DeviceSeen, DeviceSeen>? adjust = null)
    {
        Now += time;
        foreach (var (id, twin) in Twins)
        {
            if (twin.Online) Twins[id] = (adjust?.Invoke(twin) ?? twin) with { ReportedUs = Now.Ticks, LastSeen = Now };
        }
    }

    public void ObeyAll()
    {
        foreach (var device in Rollout.Devices) Obey(device.DeviceId);
    }

    public void Report(string device, SlotState state, string digest, string? answering, string? reason = null) =>
        Observe(new RolloutFact(
            device, new SlotReport { State = state, Digest = digest, AnsweringDigest = answering, BootId = "b", Reason = reason,
                RolloutId = Rollout.RolloutId }, null));

    public void Evidence(
        string device, string digest, long windows, long alarms, long invalid = 0, double p99 = 100, ShadowEvidence? shadow = null, string boot = "b",
        long resident = 0, double ratio = 0.5, double input = 0.5, DeviceVitals? vitals = null, long? timings = null) =>
        Observe(new RolloutFact(device, null, new ModelEvidence
    {
        Digest = digest, BootId = boot, RunId = "run", FromUs = 0, ToUs = 1, Windows = windows, AlarmWindows = alarms, InvalidWindows = invalid,
        InferenceP99Us = p99, Shadow = shadow, ResidentBytes = resident,
        MeanScoreRatio = ratio, MeanInputDeviation = input, Vitals = vitals, InferenceTimings = timings,
    }));

    /// <summary>The group being judged shows the new digest at work; one device that is not told yet, if there is one, shows the old one.</summary>
    public void Work(int group, long windows = 200, long alarms = 10, long controlAlarms = 10)
    {
        foreach (var device in DevicesOf(group))
        {
            if (Twins[device].Online) Evidence(device, New, windows, alarms);
        }

        if (Control is { } control) Evidence(control, Old, 200, controlAlarms);
    }

    private void Observe(RolloutFact fact) => Rollout = RolloutObservation.Observe(Rollout, [fact]);
}
