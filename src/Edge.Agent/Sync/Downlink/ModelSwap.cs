using Edge.Agent.Models;
using Edge.Agent.Perception.Inference;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Inference;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Lets a tried model answer, watches it through its health window, and commits or goes back. Slots file first, then the swap.</summary>
internal sealed class ModelSwap(
    ModelSlots slots, SlotLoader loader, IDetectorSlot pipeline, SlotWatch watch, SlotReporter reporter, TimeProvider time)
{
    /// <param name="tried">Its time is that since the last byte came.</param>
    public async Task SwapAsync(ModelAssignment assignment, TriedModel tried, CancellationToken ct)
    {
        var scorer = tried.Scorer;
        var before = slots.Current.Active;
        var watched = watch.Begin(scorer.Digest, assignment.HealthWindows);
        var started = time.GetTimestamp();
        slots.Activate();
        if (!pipeline.TryPromoteShadow(out var previous)) previous = pipeline.Exchange(scorer);
        try
        {
            if (assignment.Restore && before is not null)
                reporter.Tell(SlotState.Returned, before.Digest, assignment.RolloutId, "restored", "the hub took it back");
            var first = await watch.UntilAsync(watched.First, () => Idle(scorer.Digest, assignment), ct);
            var swap = tried.Working + time.GetElapsedTime(started, first.Timestamp);
            reporter.Tell(SlotState.Active, assignment, swapMs: swap.TotalMilliseconds, missedWindows: first.MissedWindows, shadow: tried.Compared);
            await ProveAsync(assignment, watched, ct);
        }
        finally
        {
            previous?.Dispose();
        }
    }

    /// <summary>Watches the active model through its health window, then commits or returns.</summary>
    /// <param name="assignment">What it came by; null when that is not known any more.</param>
    public Task ProveAsync(ModelAssignment? assignment, CancellationToken ct) =>
        ProveAsync(assignment, watch.Begin(slots.Current.Active!.Digest, assignment?.HealthWindows ?? 1), ct);

    private async Task ProveAsync(ModelAssignment? assignment, Watched watched, CancellationToken ct)
    {
        var active = slots.Current.Active!;
        var wrong = assignment?.HealthWindows == 0 ? null : await watch.UntilAsync(watched.Health, () => Idle(active.Digest, assignment), ct);
        if (wrong is not null)
        {
            GoBack(active, assignment, wrong);
            return;
        }

        slots.Commit();
        reporter.Tell(SlotState.Committed, active.Digest, assignment?.RolloutId, assignment?.Restore == true ? "restored" : null);
    }

    private void Idle(string digest, ModelAssignment? assignment) =>
        reporter.Tell(SlotState.Active, digest, assignment?.RolloutId, SlotReasons.Idle, "its health window waits for windows");

    private void GoBack(SlotEntry failed, ModelAssignment? assignment, string detail)
    {
        var previous = slots.Return("health");
        IWindowScorer? scorer = null;
        try
        {
            if (previous is not null) scorer = loader.Load(previous);
        }
        catch (Exception error) when (error is ModelRefusal or InferenceException or ArgumentException)
        {
            detail = $"{detail}; the previous model cannot be loaded either: {ModelRefusal.Of(error).Detail}";
        }

        pipeline.Exchange(scorer)?.Dispose();
        reporter.Tell(SlotState.Returned, failed.Digest, assignment?.RolloutId, "health", detail);
    }
}
