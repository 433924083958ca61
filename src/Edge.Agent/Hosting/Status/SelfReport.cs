using System.Diagnostics;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Edge.Agent.Sync.Outbox;
using Edge.Sensors.Buses;
using Hmas.Contracts.Twins;

namespace Edge.Agent.Hosting.Status;

/// <summary>What the device says of itself: to people on its machine (status) and to the hub (reported state). Any thread.</summary>
internal sealed class SelfReport
{
    private readonly AgentSettings _settings;
    private readonly string _bootId;
    private readonly AgentLadder _ladder;
    private readonly AgentModels _models;
    private readonly FactOutbox _outbox;
    private readonly TotalsKeeper _totals;
    private readonly DesiredMemory _twin;
    private readonly PresenceSession _session;
    private readonly LostWrites _lost;
    private readonly TimeProvider _time;
    private readonly long _startedAt;

    public SelfReport(
        AgentSettings settings, string bootId, AgentLadder ladder, AgentModels models, FactOutbox outbox, TotalsKeeper totals, DesiredMemory twin,
        PresenceSession session, LostWrites lost, TimeProvider time)
    {
        (_settings, _bootId, _ladder, _models, _outbox) = (settings, bootId, ladder, models, outbox);
        (_totals, _twin, _session, _lost, _time) = (totals, twin, session, lost, time);
        _startedAt = time.GetTimestamp();
    }

    public static string Version => typeof(SelfReport).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Null on a device that lives alone.</summary>
    public HubLoops? Hub { get; set; }

    public AgentStatus Status()
    {
        var outbox = _outbox.State;
        var slots = _models.Slots.Current;
        var last = _models.Reporter.Last;
        var (score, threshold) = _ladder.Counters.LastScore;
        return new AgentStatus
        {
            Site = _settings.Device.Site,
            Device = _settings.Device.Id,
            Version = Version,
            BootId = _bootId,
            UptimeSeconds = _time.GetElapsedTime(_startedAt).TotalSeconds,
            FirstAnswerSeconds = _ladder.Counters.FirstAnswer is { } at
                ? (at - Process.GetCurrentProcess().StartTime.ToUniversalTime()).TotalSeconds : null,
            Sensor = _settings.Sensor.Kind,
            Channels = [.. _ladder.Sensor.Channels.Select(channel => channel.Name)],
            RateHz = _ladder.Sensor.RateHz,
            RunId = _ladder.Counters.RunId,
            Calibrated = _ladder.Counters.IsCalibrated,
            Score = float.IsFinite(score) ? score : null,
            Threshold = float.IsFinite(threshold) ? threshold : null,
            Class = _ladder.Counters.LastClass?.Name,
            Probability = _ladder.Counters.LastClass?.Probability,
            SecondsSinceLastFrame = _ladder.Counters.SinceLastFrame?.TotalSeconds,
            Samples = _ladder.Pipeline.Samples,
            MissingValues = _ladder.Pipeline.MissingValues,
            ClockJumps = _ladder.Pipeline.ClockJumps,
            Gaps = _ladder.Pipeline.Gaps,
            ModelFailures = _ladder.Pipeline.ModelFailures,
            RuleEvaluations = _ladder.Pipeline.RuleEvaluations,
            DroppedSamples = _ladder.DroppedSamples,
            LateSamples = _ladder.Pipeline.LateSamples,
            SensorFailures = _ladder.Sampling.SensorFailures,
            Frames = _ladder.Counters.Frames,
            Runs = _ladder.Counters.Runs,
            Windows = _ladder.Counters.Windows,
            AlarmWindows = _ladder.Counters.AlarmWindows,
            InvalidWindows = _ladder.Counters.InvalidWindows,
            Rules = _ladder.Rules.Rules.Count,
            Decisions = _ladder.Counters.Decisions,
            Actions = _ladder.Counters.Actions,
            FailedActions = _ladder.Counters.FailedActions,
            Model = new ModelStatus(
                _models.State.ToString(), slots.Active?.Digest, slots.Active?.Name, slots.Active?.Release, slots.Committed, slots.Previous?.Digest,
                slots.Standby?.Digest,
                _ladder.Pipeline.Slot.ShadowDigest, last?.SwapMs, last?.MissedWindows, slots.Failed?.Digest, slots.FailedReason),
            Outbox = new OutboxStatus(
                outbox.Epoch, outbox.TotalProduced, outbox.TotalAcknowledged, outbox.Waiting, outbox.TotalEvicted, _outbox.Refused,
                _ladder.Experience.Kept, outbox.UsedBytes,
                _settings.Outbox.MaxBytes, _outbox.Health.QuarantinedRecords, _outbox.Health.IsGood),
            Hub = new HubStatus(
                _settings.Hub.Broker, Hub?.Client.IsConnected ?? false, _session.Current, _twin.Desired?.Version ?? 0, _ladder.Boost.Value,
                Hub?.Uplink.Batches ?? 0,
                Hub?.Uplink.Failures ?? 0, Hub?.Client.TelemetryDropped ?? 0, Hub?.Downlink.Unusable ?? 0),
            LostWrites = _lost.Count,
            ResidentBytes = Environment.WorkingSet,
            ManagedBytes = GC.GetTotalMemory(forceFullCollection: false),
        };
    }

    public ReportedState Reported()
    {
        var slots = _models.Slots.Current;
        var outbox = _outbox.State;
        var totals = _totals.Now;
        return new ReportedState
        {
            DesiredVersion = _twin.Desired?.Version ?? 0,
            BootId = _bootId,
            AgentVersion = Version,
            Session = _session.Current,
            ActiveDigest = slots.Active?.Digest,
            InstallDigest = _models.Reporter.Install,
            PreviousDigest = slots.Previous?.Digest,
            StandbyDigest = slots.Standby?.Digest,
            SlotState = _models.State,
            Refusal = _models.Reporter.Last?.Reason ?? slots.FailedReason,
            RunId = _ladder.Counters.RunId,
            Calibrated = _ladder.Counters.IsCalibrated,
            SamplingBoost = _ladder.Boost.Value,
            Hardware = _settings.Device.Hardware,
            Tags = _settings.Device.Tags,
            Chunks = _settings.Peers.Listen is { } listen ? $"http://{listen}/" : null,
            Channels = _ladder.Sensor.Channels,
            RateHz = _ladder.Sensor.RateHz,
            Counters = new DeviceCounters
            {
                Samples = totals.Samples,
                DroppedSamples = totals.DroppedSamples,
                LateSamples = totals.LateSamples,
                Windows = totals.Windows,
                AlarmWindows = totals.AlarmWindows,
                FactsProduced = outbox.TotalProduced,
                FactsAcknowledged = outbox.TotalAcknowledged,
                FactsEvicted = outbox.TotalEvicted,
                ExperiencesKept = _ladder.Experience.Kept,
                OutboxBytes = outbox.UsedBytes,
                ResidentBytes = Environment.WorkingSet,
            },
            Vitals = MachineVitals.Read(),
            TimestampUs = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
        };
    }
}
