using System.Threading.Channels;
using Edge.Agent.Models;
using Edge.Agent.Perception.Inference;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Inference;
using Hmas.Messaging;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Brings an assigned model into the active slot, step by step, and back out of it when it is not healthy.</summary>
/// <remarks>
/// One loop does one assignment at a time; a newer one ends whatever wait the older one is in. The
/// old model answers until the new one does; disk and pipeline
/// change in this order: slots file, then the swap. A kill between any two steps leaves slots from which <see cref="SlotStart"/> goes on.
/// </remarks>
internal sealed class ModelUpdater(
    ModelSlots slots, PackageFetch fetch, ModelTrial trial, ModelSwap swap, InstallUpdater installs, IDetectorSlot pipeline, SlotWatch watch,
    SlotReporter reporter, TimeProvider time, ILogger logger)
{
    private static readonly BackoffSettings StorageWaits = new() { Initial = TimeSpan.FromSeconds(30), Cap = TimeSpan.FromMinutes(10) };

    private readonly Channel<ModelAssignment?> _assigned = Channel.CreateBounded<ModelAssignment?>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Lock _gate = new();
    private CancellationTokenSource? _step;

    /// <summary>The hub wants this model; null: it takes back what it gave. Any thread; the newest wins.</summary>
    public void Assign(ModelAssignment? assignment)
    {
        // Cancelled before it is written: the loop may pick the new one up at once, and its own step must not be the one that ends.
        lock (_gate) _step?.Cancel();
        _assigned.Writer.TryWrite(assignment);
    }

    /// <summary>Carries out assignments until cancelled; first ends what a restart interrupted.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (slots.Current is { Active: not null, Committed: false } current)
            await StepAsync(current.Active.Digest, current.Assignment, token => ProveAgainAsync(current.Assignment, token), ct);
        await foreach (var assignment in _assigned.Reader.ReadAllAsync(ct))
        {
            if (assignment is null) await StepAsync(slots.Current.Active?.Digest ?? "none", null, _ => Withdraw(), ct);
            else await StepAsync(assignment.Digest, assignment, token => ApplyAsync(assignment, token), ct);
        }
    }

    /// <summary>Does a step, and does it again when the disk did not let it and may do so now.</summary>
    private async Task StepAsync(string digest, ModelAssignment? assignment, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        using var step = CancellationTokenSource.CreateLinkedTokenSource(ct);
        lock (_gate) _step = step;
        try
        {
            var backoff = new Backoff(StorageWaits, new Random(HashCode.Combine(digest)));
            for (var isFirst = true; !await TryStepAsync(digest, assignment, work, isFirst, step.Token); isFirst = false)
            {
                do await Task.Delay(backoff.Next(TimeSpan.Zero, StorageWaits.Initial), time, step.Token);
                while (assignment is not null && !fetch.HasRoom(assignment));
            }
        }
        catch (OperationCanceledException) when (step.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            // A newer assignment came; it finds the slots as they are.
        }
        finally
        {
            lock (_gate) _step = null;
        }
    }

    /// <summary>False: the disk did not let it.</summary>
    private async Task<bool> TryStepAsync(
        string digest, ModelAssignment? assignment, Func<CancellationToken, Task> work, bool isFirst, CancellationToken ct)
    {
        try
        {
            await work(ct);
            return true;
        }
        catch (Exception error) when (error is StorageException or IOException or UnauthorizedAccessException)
        {
            logger.SlotStepFailed(error, digest);
            // Told once: the wait may be long, and a report a minute would fill what room there is.
            if (isFirst) reporter.Tell(SlotState.Refused, digest, assignment?.RolloutId, SlotReasons.Storage, $"{error.Message}; it is tried again");
            return false;
        }
        finally
        {
            watch.End();
            pipeline.ExchangeShadow(null)?.Dispose();
        }
    }

    /// <summary>Goes back to no model, unless the active one came with the device and not from the hub.</summary>
    private Task Withdraw()
    {
        if (slots.Current.Active is not { Assigned: true } active) return Task.CompletedTask;
        slots.Empty();
        pipeline.Exchange(null)?.Dispose();
        reporter.Tell(SlotState.Returned, active.Digest, null, "restored", "the hub took it back and has no other");
        return Task.CompletedTask;
    }

    private Task ProveAgainAsync(ModelAssignment? assignment, CancellationToken ct) =>
        slots.Current is { Active: not null, Committed: false } ? swap.ProveAsync(assignment, ct) : Task.CompletedTask;

    private Task ApplyAsync(ModelAssignment assignment, CancellationToken ct) =>
        assignment.Kind == ArtefactKind.Model ? ApplyModelAsync(assignment, ct) : InstallAsync(assignment, ct);

    private async Task InstallAsync(ModelAssignment assignment, CancellationToken ct)
    {
        try
        {
            await installs.ApplyAsync(assignment, ct);
        }
        catch (Exception error) when (error is ModelRefusal or ArgumentException)
        {
            var refusal = ModelRefusal.Of(error);
            installs.Refuse(assignment);
            reporter.Tell(SlotState.Refused, assignment, refusal.Reason, refusal.Detail);
        }
    }

    private async Task ApplyModelAsync(ModelAssignment assignment, CancellationToken ct)
    {
        var current = slots.Current;
        if (assignment == current.Failed)
        {
            logger.AssignmentSkipped(assignment.Digest, current.FailedReason);
            return;
        }

        if (assignment.Digest == current.Active?.Digest)
        {
            if (!current.Committed) await swap.ProveAsync(assignment, ct);
            else reporter.Tell(SlotState.Committed, assignment);
            return;
        }

        try
        {
            var (package, arrived) = await fetch.FetchAsync(assignment, ct);
            var verified = time.GetElapsedTime(arrived);
            var tried = await trial.RunAsync(assignment, package, ct);
            await swap.SwapAsync(assignment, tried with { Working = verified + tried.Working }, ct);
        }
        catch (Exception error) when (error is ModelRefusal or InferenceException or ArgumentException)
        {
            var refusal = ModelRefusal.Of(error);
            slots.Refuse(assignment, refusal.Reason);
            reporter.Tell(SlotState.Refused, assignment, refusal.Reason, refusal.Detail);
        }
    }
}
