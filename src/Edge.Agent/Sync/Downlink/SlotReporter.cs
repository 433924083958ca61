using System.Text.Json;
using Edge.Agent.Experience;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Turns every step of a slot into a fact, so that the hub never guesses; remembers the last one for the reported state.</summary>
internal sealed class SlotReporter(string bootId, IFactSink facts, TimeProvider time, ILogger logger)
{
    private SlotReport? _last;

    public SlotReport? Last => Volatile.Read(ref _last);

    /// <summary>A step was told; any thread may listen, must not wait.</summary>
    public event Action? Changed;

    /// <summary>Words are those of <see cref="SlotReport"/>.</summary>
    public void Tell(
        SlotState state, string digest, string? answering, string? rolloutId, string? reason = null, string? detail = null, double? swapMs = null, int? missedWindows = null,
        ShadowEvidence? shadow = null)
    {
        var report = new SlotReport
        {
            State = state,
            Digest = digest,
            AnsweringDigest = answering,
            BootId = bootId,
            RolloutId = rolloutId,
            Reason = reason,
            Detail = detail,
            SwapMs = swapMs,
            MissedWindows = missedWindows,
            Shadow = shadow,
        };
        facts.TryAdd(FactKind.SlotReport, time.GetUtcNow().ToUnixTimeMilliseconds() * 1000, JsonSerializer.SerializeToUtf8Bytes(report, ContractsJson.Default.SlotReport));
        Volatile.Write(ref _last, report);
        logger.SlotStep(digest, state, reason, detail);
        Changed?.Invoke();
    }
}
