using System.Threading.Channels;
using Edge.Agent.Experience;
using Edge.Agent.Models;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Settings;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Contracts.Twins;
using Hmas.Inference;
using Hmas.Storage;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Brings an assigned model into the active slot, step by step, and back out of it when it is not healthy.</summary>
/// <remarks>
/// One loop does one assignment at a time; a newer one ends whatever wait the older one is in. The old model answers until the new one does; disk and pipeline
/// change in this order: slots file, then the swap. A kill between any two steps leaves slots from which <see cref="Start"/> goes on.
/// </remarks>
internal sealed class ModelUpdater
{
    /// <summary>So many starts without a commit, and the model is taken for one that kills the program.</summary>
    private const int MaxUncommittedStarts = 3;

    private readonly ModelSlots _slots;
    private readonly ModelVerifier _verifier;
    private readonly SlotProbe _probe;
    private readonly IModelSource? _source;
    private readonly ModelOrders? _orders;
    private readonly IDetectorSlot _pipeline;
    private readonly SlotWatch _watch;
    private readonly RecentRows _rows;
    private readonly SlotReporter _reporter;
    private readonly IReadOnlyList<SensorChannel> _channels;
    private readonly ModelOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<ModelAssignment?> _assigned = Channel.CreateBounded<ModelAssignment?>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Lock _gate = new();
    private CancellationTokenSource? _step;

    /// <param name="orders">Null: the hub's word is enough.</param>
    public ModelUpdater(
        ModelSlots slots, ModelVerifier verifier, SlotProbe probe, IModelSource? source, ModelOrders? orders, IDetectorSlot pipeline, SlotWatch watch, RecentRows rows, SlotReporter reporter,
        IReadOnlyList<SensorChannel> channels, ModelOptions options, TimeProvider time, ILogger logger)
    {
        _slots = slots;
        _verifier = verifier;
        _probe = probe;
        _source = source;
        _orders = orders;
        _pipeline = pipeline;
        _watch = watch;
        _rows = rows;
        _reporter = reporter;
        _channels = channels;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>The hub wants this model; null: it takes back what it gave. Any thread; the newest wins.</summary>
    public void Assign(ModelAssignment? assignment)
    {
        // Cancelled before it is written: the loop may pick the new one up at once, and its own step must not be the one that ends.
        lock (_gate) _step?.Cancel();
        _assigned.Writer.TryWrite(assignment);
    }

    /// <summary>Puts the model of the active slot into the pipeline before the first sample: from disk alone, without the hub.</summary>
    public void Start()
    {
        if (_slots.Current.Active is null && _options.Package is { } path) Install(path);
        if (_slots.CountStart() > MaxUncommittedStarts)
        {
            var failed = _slots.Current.Active!;
            var detail = $"{MaxUncommittedStarts} starts without reaching the end of the health window";
            _slots.Return("health");
            _reporter.Tell(SlotState.Returned, failed.Digest, _slots.Current.Active?.Digest, _slots.Current.Failed?.RolloutId, "health", detail);
        }

        // Active, and if it cannot be loaded, the one before: at most two tries.
        while (_slots.Current.Active is { } active)
        {
            try
            {
                _pipeline.Exchange(Load(active))?.Dispose();
                return;
            }
            catch (Exception error) when (error is ModelRefusal or InferenceException or ArgumentException)
            {
                var (reason, detail) = Describe(error);
                _slots.Return(reason);
                _reporter.Tell(SlotState.Returned, active.Digest, _slots.Current.Active?.Digest, _slots.Current.Failed?.RolloutId, reason, detail);
            }
        }
    }

    /// <summary>Carries out assignments until cancelled; first ends what a restart interrupted.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (_slots.Current is { Active: not null, Committed: false } current) await StepAsync(token => ProveAsync(current.Assignment, null, token), current.Active.Digest, ct);
        await foreach (var assignment in _assigned.Reader.ReadAllAsync(ct))
        {
            if (assignment is null) Withdraw();
            else await StepAsync(token => ApplyAsync(assignment, token), assignment.Digest, ct);
        }
    }

    private async Task StepAsync(Func<CancellationToken, Task> work, string digest, CancellationToken ct)
    {
        using var step = CancellationTokenSource.CreateLinkedTokenSource(ct);
        lock (_gate) _step = step;
        try
        {
            await work(step.Token);
        }
        catch (OperationCanceledException) when (step.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            // A newer assignment came; it finds the slots as they are.
        }
        catch (Exception error) when (error is StorageException or IOException or UnauthorizedAccessException)
        {
            _logger.SlotStepFailed(error, digest);
        }
        finally
        {
            lock (_gate) _step = null;
            _watch.End();
            _pipeline.ExchangeShadow(null)?.Dispose();
        }
    }

    /// <summary>Goes back to no model, unless the active one came with the device and not from the hub.</summary>
    private void Withdraw()
    {
        if (_slots.Current.Active is not { Assigned: true } active) return;
        _slots.Empty();
        _pipeline.Exchange(null)?.Dispose();
        _reporter.Tell(SlotState.Returned, active.Digest, null, null, "restored", "the hub took it back and has no other");
    }

    private async Task ApplyAsync(ModelAssignment assignment, CancellationToken ct)
    {
        var current = _slots.Current;
        if (assignment == current.Failed)
        {
            _logger.AssignmentSkipped(assignment.Digest, current.FailedReason);
            return;
        }

        if (assignment.Digest == current.Active?.Digest)
        {
            if (!current.Committed) await ProveAsync(assignment, null, ct);
            else Tell(SlotState.Committed, assignment);
            return;
        }

        try
        {
            var (package, arrived) = await FetchAsync(assignment, ct);
            await TryOutAsync(assignment, package, arrived, ct);
        }
        catch (Exception error) when (error is ModelRefusal or InferenceException or ArgumentException)
        {
            var (reason, detail) = Describe(error);
            _slots.Refuse(assignment, reason);
            Tell(SlotState.Refused, assignment, reason, detail);
        }
    }

    private async Task<(VerifiedPackage Package, long Arrived)> FetchAsync(ModelAssignment assignment, CancellationToken ct)
    {
        // A package that a slot still names needs no download: the way back works without the hub's artefacts.
        var bytes = ReadPackage(assignment.Digest);
        var order = await OrderAsync(assignment, ct);
        if (bytes is null)
        {
            Tell(SlotState.Downloading, assignment);
            if (_source is null) throw new ModelRefusal("download", "the device has no way to the hub's packages");
            await _source.FetchAsync(assignment, _slots.PartPath(assignment.Digest), ct);
            var arrived = _time.GetTimestamp();
            bytes = await File.ReadAllBytesAsync(_slots.PartPath(assignment.Digest), ct);
            try
            {
                var package = Verify(bytes, assignment, order);
                _slots.KeepPart(assignment.Digest);
                return (package, arrived);
            }
            catch (ModelRefusal)
            {
                // Whatever these bytes are, fetching the rest of them again would not help.
                File.Delete(_slots.PartPath(assignment.Digest));
                throw;
            }
        }

        return (Verify(bytes, assignment, order), _time.GetTimestamp());
    }

    /// <summary>What both repositories say of the assignment; null where nobody is asked. The way back leads to what was vouched for when it came, and nowhere else.</summary>
    private async Task<InstallOrder?> OrderAsync(ModelAssignment assignment, CancellationToken ct)
    {
        if (_orders is null) return null;
        if (!assignment.Restore) return await _orders.OrderAsync(assignment, _slots.Releases, ct);
        return assignment.Digest == _slots.Current.Previous?.Digest
            ? null
            : throw new ModelRefusal("older-release", $"{assignment.Digest} is not the previous model, {_slots.Current.Previous?.Digest ?? "none"}: nothing else is gone back to");
    }

    private VerifiedPackage Verify(byte[] bytes, ModelAssignment assignment, InstallOrder? order)
    {
        var package = _verifier.Verify(bytes, assignment, _slots.Current.Active);
        if (order is not null) ModelOrders.Require(order, bytes);
        return package;
    }

    private async Task TryOutAsync(ModelAssignment assignment, VerifiedPackage package, long arrived, CancellationToken ct)
    {
        _slots.Stage(new SlotEntry(package.Digest, package.Manifest.Name, package.Manifest.Release, Assigned: true), assignment);
        Tell(SlotState.Verified, assignment);
        _probe.Run(package, _rows.Copy(IndicesOf(package.Manifest)));
        Tell(SlotState.Probed, assignment);
        var scorer = NewScorer(package);
        var working = _time.GetElapsedTime(arrived);
        ShadowEvidence? compared = null;
        if (assignment.ShadowWindows > 0 && _pipeline.ActiveDigest is not null)
        {
            _pipeline.ExchangeShadow(scorer)?.Dispose();
            Tell(SlotState.Shadowing, assignment);
            compared = await ShadowAsync(assignment, ct);
        }

        await SwapAsync(assignment, scorer, working, compared, ct);
    }

    private async Task<ShadowEvidence> ShadowAsync(ModelAssignment assignment, CancellationToken ct)
    {
        ShadowEvidence evidence;
        while ((evidence = _pipeline.Shadow ?? throw new ModelRefusal("shadow", "another model took the shadow's place")).Compared < assignment.ShadowWindows)
        {
            await _watch.NextAnswer().WaitAsync(ct);
        }

        if (evidence.ShadowInvalid > _options.MaxShadowInvalidShare * evidence.Compared)
            throw new ModelRefusal("shadow", $"{evidence.ShadowInvalid} of {evidence.Compared} windows without a finite score");
        if (evidence.ShadowP99Us > _options.ProbeLatency.TotalMicroseconds)
            throw new ModelRefusal("shadow", $"a window takes {evidence.ShadowP99Us:0} µs at the 99th percentile, allowed are {_options.ProbeLatency.TotalMicroseconds:0}");
        return evidence;
    }

    /// <param name="working">Time spent on the new model since its last byte came; the shadow phase, which is waiting by plan, does not count.</param>
    private async Task SwapAsync(ModelAssignment assignment, DetectorScorer scorer, TimeSpan working, ShadowEvidence? compared, CancellationToken ct)
    {
        var before = _slots.Current.Active;
        var watched = _watch.Begin(scorer.Digest, assignment.HealthWindows);
        var started = _time.GetTimestamp();
        _slots.Activate();
        if (!_pipeline.TryPromoteShadow(out var previous)) previous = _pipeline.Exchange(scorer);
        try
        {
            if (assignment.Restore && before is not null)
                _reporter.Tell(SlotState.Returned, before.Digest, scorer.Digest, assignment.RolloutId, "restored", "the hub took it back");
            var first = await watched.First.WaitAsync(ct);
            var swap = working + _time.GetElapsedTime(started, first.Timestamp);
            Tell(SlotState.Active, assignment, swapMs: swap.TotalMilliseconds, missedWindows: first.MissedWindows, shadow: compared);
            await ProveAsync(assignment, watched, ct);
        }
        finally
        {
            previous?.Dispose();
        }
    }

    /// <summary>Watches the active model through its health window, then commits or returns.</summary>
    private async Task ProveAsync(ModelAssignment? assignment, Watched? watched, CancellationToken ct)
    {
        var active = _slots.Current.Active!;
        watched ??= _watch.Begin(active.Digest, assignment?.HealthWindows ?? 1);
        var wrong = assignment?.HealthWindows == 0 ? null : await watched.Health.WaitAsync(ct);
        if (wrong is null)
        {
            _slots.Commit();
            _reporter.Tell(SlotState.Committed, active.Digest, active.Digest, assignment?.RolloutId, assignment?.Restore == true ? "restored" : null);
            return;
        }

        GoBack(active, assignment, wrong);
    }

    private void GoBack(SlotEntry failed, ModelAssignment? assignment, string detail)
    {
        var previous = _slots.Return("health");
        DetectorScorer? scorer = null;
        try
        {
            if (previous is not null) scorer = Load(previous);
        }
        catch (Exception error) when (error is ModelRefusal or InferenceException or ArgumentException)
        {
            detail = $"{detail}; the previous model cannot be loaded either: {Describe(error).Detail}";
        }

        _pipeline.Exchange(scorer)?.Dispose();
        _reporter.Tell(SlotState.Returned, failed.Digest, scorer?.Digest, assignment?.RolloutId, "health", detail);
    }

    /// <summary>The first model, from a file beside the settings: its own digest is the wanted one, its signature is checked like any other.</summary>
    private void Install(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var assignment = PackageFile.AssignmentOf(bytes, path);
            var package = _verifier.Verify(bytes, assignment, active: null);
            _slots.WritePackage(package.Digest, bytes);
            _slots.Stage(new SlotEntry(package.Digest, package.Manifest.Name, package.Manifest.Release), assignment);
            _slots.Activate();
            _slots.Commit();
            Tell(SlotState.Committed, assignment);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ModelRefusal)
        {
            _logger.SlotStepFailed(error, path);
        }
    }

    private DetectorScorer Load(SlotEntry entry)
    {
        var bytes = ReadPackage(entry.Digest) ?? throw new ModelRefusal("download", $"the package file of {entry.Digest} is gone");
        var assignment = new ModelAssignment { Digest = entry.Digest, Name = entry.Name, Release = entry.Release, PackageBytes = bytes.Length, Url = "", Restore = true };
        return NewScorer(_verifier.Verify(bytes, assignment, active: null));
    }

    private byte[]? ReadPackage(string digest)
    {
        try
        {
            return _slots.ReadPackage(digest, _options.MaxPackageBytes);
        }
        catch (ArgumentException error)
        {
            throw new ModelRefusal("digest-mismatch", error.Message, error);
        }
    }

    private static DetectorScorer NewScorer(VerifiedPackage package) =>
        new(package.Digest, new Detector(package.Manifest, package.Onnx.Span, new SessionSettings()));

    private int[] IndicesOf(ModelManifest manifest) =>
        [.. manifest.Channels.Select(name => _channels.TakeWhile(channel => channel.Name != name).Count())];

    private void Tell(SlotState state, ModelAssignment assignment, string? reason = null, string? detail = null, double? swapMs = null, int? missedWindows = null, ShadowEvidence? shadow = null) =>
        _reporter.Tell(state, assignment.Digest, _pipeline.ActiveDigest, assignment.RolloutId, reason, detail, swapMs, missedWindows, shadow);

    private static (string Reason, string Detail) Describe(Exception error) => error switch
    {
        ModelRefusal refusal => (refusal.Reason, refusal.Detail),
        InferenceException inference => ("runtime", inference.Message),
        _ => ("shape", error.Message),
    };
}
