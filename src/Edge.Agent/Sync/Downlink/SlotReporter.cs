using System.Text.Json;
using Edge.Agent.Experience;
using Edge.Agent.Perception.Inference;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Turns every step of a slot into a fact, so that the hub never guesses; remembers the last one for the reported state.</summary>
/// <param name="pipeline">Says which model answers at the moment of each report.</param>
/// <param name="install">Digest of the install that this program belongs to; null: none.</param>
/// <remarks>Any thread tells.</remarks>
internal sealed class SlotReporter(string bootId, IFactSink facts, IDetectorSlot pipeline, string? install, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private SlotReport? _last;

    /// <summary>Digest of the install that this program belongs to; null: none.</summary>
    public string? Install => install;

    public SlotReport? Last => Volatile.Read(ref _last);

    /// <summary>A step was told; any thread may listen, must not wait.</summary>
    public event Action? Changed;

    /// <inheritdoc cref="Tell(SlotState, string, string?, string?, string?, double?, int?)"/>
    public void Tell(
        SlotState state, ModelAssignment assignment, string? reason = null, string? detail = null, double? swapMs = null, int? missedWindows = null,
        ShadowEvidence? shadow = null) =>
        Tell(state, assignment.Digest, assignment.Kind == ArtefactKind.Model ? pipeline.ActiveDigest : install, assignment.RolloutId, reason, detail,
            swapMs, missedWindows, shadow);

    /// <summary>Words are those of <see cref="SlotReport"/>.</summary>
    public void Tell(
        SlotState state, string digest, string? rolloutId, string? reason = null, string? detail = null, double? swapMs = null,
        int? missedWindows = null) =>
        Tell(state, digest, pipeline.ActiveDigest, rolloutId, reason, detail, swapMs, missedWindows, null);

    private void Tell(
        SlotState state, string digest, string? answering, string? rolloutId, string? reason, string? detail, double? swapMs, int? missedWindows,
        ShadowEvidence? shadow)
    {
        lock (_gate) Keep(new SlotReport
        {
            State = state,
            Digest = digest,
            AnsweringDigest = answering,
            BootId = bootId,
            Counter = (_last?.Counter ?? 0) + 1,
            RolloutId = rolloutId,
            Reason = reason,
            ReasonClass = SlotReasons.ClassOf(reason),
            Detail = detail,
            SwapMs = swapMs,
            MissedWindows = missedWindows,
            Shadow = shadow,
        });
        Changed?.Invoke();
    }

    private void Keep(SlotReport report)
    {
        facts.TryAdd(
            FactKind.SlotReport, time.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
            JsonSerializer.SerializeToUtf8Bytes(report, ContractsJson.Default.SlotReport));
        Volatile.Write(ref _last, report);
        var why = string.Concat(new[] { report.Reason, report.Detail }.OfType<string>().Select(static said => $", {said}"));
        logger.SlotStep(report.Digest, report.State, why);
    }
}
