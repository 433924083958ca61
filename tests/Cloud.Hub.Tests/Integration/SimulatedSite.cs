using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Specialized.Contract;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using NSubstitute;

namespace Cloud.Hub.Tests.Integration;

/// <summary>A fleet of six simulated pumps in the middle of a rollout, behind substituted doors: one in alarm,
/// one calibrating, one offline. The same for the same seed.</summary>
internal sealed class SimulatedSite
{
    public const string Alarmed = "pump-3";

    private const int History = 540;
    private const float Threshold = 1.93f;
    private static readonly long StartUs = new DateTimeOffset(2020, 3, 9, 10, 14, 33, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;

    private readonly Random _random = new(11);
    private readonly EventBus _bus;
    private readonly List<AlarmView> _alarms;
    private readonly Dictionary<string, float> _smoothed = [];
    private int _step;

    public SimulatedSite(SimulatedDoors doors, EventBus bus, DateTimeOffset now)
    {
        _bus = bus;
        Devices =
        [
            SampleFleet.Device("pump-1", run: "valve-4", digest: SampleFleet.NewDigest), SampleFleet.Device("pump-2", run: "valve-9", boost: 4),
            SampleFleet.Device(Alarmed, run: "leak-2", boost: 4), SampleFleet.Device("pump-4", run: "valve-12"),
            SampleFleet.Device("pump-5", site: "mill", run: "cold-1", calibrated: false), SampleFleet.Device("pump-6", site: "mill", online: false),
        ];
        _alarms =
        [
            Alarm("a-3", Alarmed, "critical", 452, null, 4.31f, "anomaly score 4.31 is above 1.93 for 6 windows", "pressure falls 0.34 bar in 60 s"),
            Alarm("a-2", "pump-2", "warning", 448, 497, 2.4f, "anomaly score 2.40 is above 1.93 for 6 windows"),
            Alarm("a-1", "pump-4", "warning", 181, 203, 2.05f, "anomaly score 2.05 is above 1.93 for 6 windows"),
        ];
        doors.Fleet.DevicesAsync(default).ReturnsForAnyArgs(_ => Devices);
        doors.Fleet.DeviceAsync("", default).ReturnsForAnyArgs(call => Devices.FirstOrDefault(device => device.DeviceId == call.Arg<string>()));
        doors.Feedback.AlarmsAsync(false, 0, default).ReturnsForAnyArgs(_ => [.. _alarms]);
        doors.Feedback.AcknowledgeAsync("", "", "", default).ReturnsForAnyArgs(call =>
        {
            Answers.Add((call.ArgAt<string>(0), call.ArgAt<string>(1)));
            return _alarms.RemoveAll(alarm => alarm.AlarmId == call.ArgAt<string>(0)) == 1;
        });
        doors.Archive.StatisticsAsync(default).ReturnsForAnyArgs(new ArchiveStatistics(8_412, 7_930, 12, 0, 0, 0, 48_000_000, []));
        doors.Training.RunsAsync(default).ReturnsForAnyArgs(Training(now));
        doors.Registry.ListAsync(default).ReturnsForAnyArgs([
            new ModelEntry(SampleFleet.NewDigest, SampleFleet.Manifest(2, SampleFleet.OldDigest), 34_120, now.AddMinutes(-3), "learning", false),
            new ModelEntry(SampleFleet.OldDigest, SampleFleet.Manifest(), 33_800, now.AddMinutes(-26), "learning", false)]);
        doors.Rollouts.ListAsync(default).ReturnsForAnyArgs(Rollouts(now));
        doors.Rollouts.PageAsync(default, default, default).ReturnsForAnyArgs(Rollouts(now));
        doors.Agents.SitesAsync(default).ReturnsForAnyArgs([
            new SiteSituation("harbour", 4, 2, 4, "pressure falls on pump-2 and pump-3 within 40 s: a common supply is likely"),
            new SiteSituation("mill", 2, 0, 1, null)]);
        doors.Agents.DecisionsAsync(0, default).ReturnsForAnyArgs([
            new AgentDecision(now.AddSeconds(-70), "site harbour", "raise sampling to ×4", "2 of 4 devices anomalous within 40 s"),
            new AgentDecision(
                now.AddMinutes(-3), "fleet", "roll out b71e40d2 to harbour",
                "F1 0.79 against 0.71 on 4 held-out recordings, int8 within 0.4 % of float"),
            new AgentDecision(now.AddMinutes(-9), "fleet", "train pump-anomaly", "1,180 new windows and 212 labels since the last run"),
            new AgentDecision(now.AddMinutes(-24), "fleet", "roll out 3f9a1c07 to all", "first model of this name")]);
        WindowOpinion[] opinions = [.. Enumerable.Range(0, 64)
            .Select(i => new WindowOpinion(
                $"pump-{1 + (i % 4)}", "run", StartUs + (i * 4_000_000L), i % 4 == 2 && i < 40 ? 1.8 : 0.6, i % 4 == 2 && i < 36,
                i % 4 != 2 || i is < 36 or >= 40))];
        doors.Opinions.RecentAsync(null, 0, default)
            .ReturnsForAnyArgs(call =>
                [.. opinions.Where(opinion => call.ArgAt<string?>(0) is not { } id || opinion.DeviceId == id).Take(call.ArgAt<int>(1))]);
        doors.Opinions.QualityAsync(default).ReturnsForAnyArgs([
            .. Enumerable.Range(1, 4)
                .Select(static i => new DataQuality(
                    $"pump-{i}", i == 4 ? "suspect" : "good", 0, i == 4 ? 0.04 : 0, 0, 1_400,
                    i == 4 ? "thermocouple stood still for 4 % of the time" : "all channels alive and within range"))]);
        doors.Pump.FaultsAsync(default).ReturnsForAnyArgs([
            new PumpFault("cavitation", "Vapour bubbles collapse in the pump", "Raise suction pressure"),
            new PumpFault("leak", "Fluid is lost", "Inspect seals"), new PumpFault("valve-closing", "Discharge closes", "Check valve"),
            new PumpFault("bearing-wear", "Bearings are worn", "Plan a replacement"),
            new PumpFault("imbalance", "The rotor is out of balance", "Balance the rotor")]);
        doors.Pump.AdviseAsync("", [], null!, default)
            .ReturnsForAnyArgs(
                new PumpAdvice(
                    "circulation pump", "leak", 0.82, ["pressure 3.1 scales below its centre", "flow 2.4 scales above", "vibration as usual"],
            "Inspect the shaft seal and the discharge joint; keep the pump below 60 % until the pressure holds."));
    }

    public IReadOnlyList<DeviceView> Devices { get; set; }

    /// <summary>What was acknowledged, and as what.</summary>
    public List<(string AlarmId, string Label)> Answers { get; } = [];

    /// <summary>The run so far, and a stored alarmed window, so that there is something to advise on.</summary>
    public void TellHistory()
    {
        for (; _step < History; _step++) Tell(1);
        var window = new ExperienceRecord
        {
            RunId = "leak-2", StartUs = StartUs, EndUs = StartUs + 32_000_000, Window = new float[8 * 32], Channels = 8, Centre = new float[8],
            Scale = new float[8],
            ModelDigest = SampleFleet.OldDigest, Score = 4.3f, Threshold = Threshold, Reasons = ExperienceReasons.Alarm, Value = 1,
        };
        _bus.Publish(
            new FactsStored(
                new FactBatch(
                    "harbour", Alarmed, 1, [new Fact(1_204, FactKind.Experience, StartUs, Hmas.Contracts.Wire.ExperienceCodec.Encode(window))])));
        _bus.Publish(new LabelsAdded([new OutcomeLabel { DeviceId = "pump-1", FromUs = 1, ToUs = 2, Label = "normal", Source = "operator" }]));
        _bus.Publish(new TrainingProgressed("train-2", "registered", 1, "candidate b71e40d2 is better: F1 0.79 against 0.71"));
        _bus.Publish(new ModelRegistered(SampleFleet.NewDigest, SampleFleet.Manifest(2)));
        _bus.Publish(
            new RolloutTransitioned(
                "rollout-2", "canary", "observing", "passed", "214 windows of pump-1: alarm rate 6.1 % against 5.4 % of the control group"));
        _bus.Publish(new RolloutTransitioned("rollout-2", "stage", "deploying", "observing", "pump-2 answers with b71e40d2"));
    }

    /// <summary>The next second of every pump that is online.</summary>
    public void Step()
    {
        Tell(1);
        _step++;
    }

    private void Tell(int seconds)
    {
        foreach (var device in Devices.Where(static device => device.Online))
        {
            for (var i = 0; i < seconds; i++)
            {
                _bus.Publish(
                    new TelemetryReceived(device.SiteId, device.DeviceId, new TelemetryBatch(device.Reported!.RunId!, [Point(device, _step + i)])));
            }
        }
    }

    private TelemetryPoint Point(DeviceView device, int second)
    {
        var sick = device.DeviceId == Alarmed
            ? Math.Clamp((second - 430) / 40f, 0, 1) : device.DeviceId == "pump-2" && second is > 446 and < 495 ? 0.4f : 0;
        var noise = (float)_random.NextDouble() - 0.5f;
        var raw = 0.75f + (0.55f * noise) + (sick * 3.3f) + (0.2f * MathF.Sin(second / 31f));
        var smoothed = _smoothed[device.DeviceId] = (0.22f * raw) + (0.78f * _smoothed.GetValueOrDefault(device.DeviceId, 0.75f));
        var calibrated = device.Reported!.Calibrated && second > 60;
        float? score = calibrated ? smoothed : null;
        return new TelemetryPoint(
            StartUs + (second * 1_000_000L), Values(second, sick), score, calibrated ? Threshold : null, calibrated && smoothed > Threshold);
    }

    private IReadOnlyList<float?> Values(int second, float sick)
    {
        float Around(float centre, float spread) => centre + (spread * ((float)_random.NextDouble() - 0.5f));
        return
        [
            Around(0.027f + (0.012f * sick), 0.004f), Around(0.040f, 0.005f), Around(1.21f - (0.1f * sick), 0.5f),
            Around(0.382f - (0.34f * sick), 0.16f),
            66.2f + (second * 0.004f) + Around(0, 0.08f), 24.6f + (second * 0.002f) + Around(0, 0.05f), Around(229.4f, 9f),
            Around(32.1f - (3.1f * sick), 0.7f),
        ];
    }

    private static AlarmView Alarm(string id, string device, string severity, int from, int? to, float score, params string[] reasons) => new()
    {
        AlarmId = id,
        SiteId = "harbour",
        DeviceId = device,
        EndedUs = to is { } end ? StartUs + (end * 1_000_000L) : null,
        Raised = new AlarmEvent
        {
            AlarmId = id, RunId = "run", RuleId = "score-high", Raised = true, Severity = severity, TimestampUs = StartUs + (from * 1_000_000L),
            Score = score, Threshold = Threshold, ModelDigest = SampleFleet.OldDigest, Reasons = reasons,
        },
    };

    private static IReadOnlyList<TrainingRunView> Training(DateTimeOffset now)
    {
        Dictionary<string, SliceMetrics> before = new() { ["all"] = new(4_100, 1_400, 0.712, 0.141, 0.322), ["valve-7"] = new(
            1_100, 380, 0.74, 0.12, 0.30), ["valve-14"] = new(1_000, 350, 0.69, 0.17, 0.33), ["leak-5"] = new(2_000, 670, 0.71, 0.13, 0.33) };
        Dictionary<string, SliceMetrics> after = new() { ["all"] = new(4_100, 1_400, 0.793, 0.102, 0.231), ["valve-7"] = new(
            1_100, 380, 0.83, 0.08, 0.19), ["valve-14"] = new(1_000, 350, 0.78, 0.11, 0.24), ["leak-5"] = new(2_000, 670, 0.77, 0.14, 0.25) };
        var request = new TrainingRequest { ModelName = "pump-anomaly", Recipe = "reconstruction", RequestedBy = "fleet-agent",
            ParentDigest = SampleFleet.OldDigest };
        return
        [
            new TrainingRunView
            {
                RunId = "train-2", Request = request, State = "registered", Progress = 1, Message = "better on 3 of 3 slices",
                CandidateDigest = SampleFleet.NewDigest, TrainingWindows = 6_120, ParentMetrics = before, CandidateMetrics = after,
                LossCurve = [.. Enumerable.Range(0, 40)
                    .Select(static epoch => 0.11 + (0.62 * Math.Exp(-epoch / 6.5)) + (0.012 * Math.Sin(epoch * 2.1)))],
                    StartedAt = now.AddMinutes(-9), EndedAt = now.AddMinutes(-4),
            },
            new TrainingRunView { RunId = "train-1", Request = request, State = "registered", Progress = 1, Message = "first model of this name",
                StartedAt = now.AddMinutes(-31), EndedAt = now.AddMinutes(-26) },
        ];
    }

    private static IReadOnlyList<RolloutView> Rollouts(DateTimeOffset now)
    {
        static RolloutDeviceView Device(string id, SlotState? state, bool touched, double? swap) =>
            new(id, SampleFleet.OldDigest, state, touched ? SampleFleet.NewDigest : SampleFleet.OldDigest, null, touched, false, swap);
        static GateEvidence Seen(int told, long windows, long labelled, double alarms, double control, double? falseAlarms) => new(
            told, 1, 0, 0, told - 1, 0, windows, labelled, 50,
            [
                new(GateLimits.AlarmRate, alarms, control, 0.1, windows / 10.0, alarms > 0.5 ? 90_000 : 0.4, 720, null),
                new(GateLimits.ShadowDisagreement, 0.03, null, 0.2, 5, 0.6, 720, null),
                .. falseAlarms is { } share
                    ? [new MetricEvidence(
                        GateLimits.FalseAlarms, share, null, 0.35, labelled / 10.0, share > 0.5 ? 5_000 : 0.3, 720, null)]
                        : Array.Empty<MetricEvidence>(),
            ]);
        var passed = Seen(1, 214, 96, 0.061, 0.054, 0.04);
        var seen = Seen(2, 131, 0, 0.093, 0.071, null);
        return
        [
            new RolloutView
            {
                RolloutId = "rollout-2", State = "running", StartedAt = now.AddMinutes(-3),
                Request = new RolloutRequest { Digest = SampleFleet.NewDigest, RequestedBy = "fleet-agent",
                    Reason = "F1 0.79 against 0.71 on 4 held-out recordings" },
                Groups =
                [
                    new RolloutGroupView { Name = "canary", State = "passed", Devices = [Device("pump-1", SlotState.Committed, true, 38)],
                        Evidence = passed },
                    new RolloutGroupView { Name = "stage", State = "observing", Devices = [
                        Device("pump-2", SlotState.Active, true, 41), Device("pump-4", SlotState.Shadowing, false, null)], Evidence = seen },
                    new RolloutGroupView { Name = "full", State = "waiting", Devices = [
                        Device(Alarmed, null, false, null), Device("pump-5", null, false, null), Device("pump-6", null, false, null)] },
                ],
                Transitions =
                [
                    new RolloutTransition(now.AddSeconds(-180), "canary", "waiting", "deploying", "pump-1 is told", null),
                    new RolloutTransition(now.AddSeconds(-160), "canary", "deploying", "observing", "pump-1 answers with b71e40d2", null),
                    new RolloutTransition(
                        now.AddSeconds(-75), "canary", "observing", "passed",
                        "214 windows: alarm rate 6.1 % against 5.4 % of the control group, no invalid score", passed),
                    new RolloutTransition(now.AddSeconds(-74), "stage", "waiting", "deploying", "pump-2 and pump-4 are told", null),
                    new RolloutTransition(now.AddSeconds(-50), "stage", "deploying", "observing", "pump-2 answers, pump-4 compares in shadow", null),
                ],
            },
            new RolloutView
            {
                RolloutId = "rollout-bad", State = "restored", StoppedBy = "alarm-rate", StartedAt = now.AddMinutes(-19),
                EndedAt = now.AddMinutes(-17),
                Request = new RolloutRequest { Digest = "sha256:0bad0bad5f1e", RequestedBy = "operator",
                    Reason = "a model that alarms on everything, on purpose" },
                Groups =
                [
                    new RolloutGroupView
                    {
                        Name = "canary", State = "restored", Evidence = Seen(1, 206, 88, 0.94, 0.06, 0.91),
                        Devices = [new RolloutDeviceView(
                            "pump-1", SampleFleet.OldDigest, SlotState.Committed, SampleFleet.OldDigest, "restored", true, true, 44)],
                    },
                ],
                Transitions = [
                    new RolloutTransition(
                        now.AddMinutes(-17), "canary", "observing", "failed", "alarm rate 94 % is above 31 % (control 6 % + 25 %)", null),
                        new RolloutTransition(now.AddMinutes(-17), "", "restoring", "restored", "pump-1 answers with 3f9a1c07 again", null)],
            },
        ];
    }
}
