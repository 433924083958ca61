using Edge.Agent.Experience;
using Edge.Agent.Models;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Settings;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Contracts.Twins;
using Hmas.Trust;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Tries a verified package out in the standby slot: probe on recorded rows, then, where asked for, in shadow of the active model.</summary>
/// <remarks>Each attempt is counted in the device record before it begins, so a model that takes the program down
/// is refused instead of taking it down for ever. One that takes the whole machine down is counted at the next start, by its package.</remarks>
internal sealed class ModelTrial(
    ModelSlots slots, SlotProbe probe, IDetectorSlot pipeline, SlotWatch watch, RecentRows rows, SlotReporter reporter,
    IReadOnlyList<SensorChannel> channels, ModelOptions options, TimeProvider time)
{
    /// <summary>So many attempts that ended with the program, and the model is taken for the reason.</summary>
    public const int MaxAttempts = 3;

    /// <summary>The model, ready to be swapped in.</summary>
    /// <exception cref="ModelRefusal">It did not pass.</exception>
    public async Task<TriedModel> RunAsync(ModelAssignment assignment, VerifiedPackage package, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var died = slots.Stage(new SlotEntry(package.Digest, package.Manifest.Name, package.Manifest.Release, Assigned: true), assignment);
        if (died >= MaxAttempts) throw new ModelRefusal("crash", $"program or machine ended in {died} attempts to try it out or to let it answer");
        try
        {
            reporter.Tell(SlotState.Verified, assignment);
            var before = Environment.WorkingSet;
            probe.Run(package, rows.Copy(IndicesOf(package.Manifest)));
            reporter.Tell(SlotState.Probed, assignment);
            var scorer = SlotLoader.Ready(package);
            var working = time.GetElapsedTime(started);
            var compared = assignment.ShadowWindows > 0 && pipeline.ActiveDigest is not null
                ? await ShadowAsync(assignment, scorer, before, ct) : null;
            return new TriedModel(scorer, working, compared);
        }
        catch (OperationCanceledException)
        {
            // A newer assignment or the program's own end: neither is the model's fault.
            slots.BreakOff();
            throw;
        }
    }

    private async Task<ShadowEvidence> ShadowAsync(ModelAssignment assignment, IWindowScorer scorer, long bytesBefore, CancellationToken ct)
    {
        pipeline.ExchangeShadow(scorer, options.ShadowCpuShare)?.Dispose();
        reporter.Tell(SlotState.Shadowing, assignment);
        ShadowEvidence evidence;
        while ((evidence = pipeline.Shadow ?? throw new ModelRefusal("shadow", "another model took the shadow's place")).Compared
            < assignment.ShadowWindows)
        {
            await watch.AnswerAsync(
                () => reporter.Tell(
                    SlotState.Shadowing, assignment, SlotReasons.Idle, $"{evidence.Compared} of {assignment.ShadowWindows} windows compared"), ct);
        }

        if (evidence.ShadowInvalid > options.MaxShadowInvalidShare * evidence.Compared)
            throw new ModelRefusal("shadow", $"{evidence.ShadowInvalid} of {evidence.Compared} windows without a finite score");
        if (evidence.ShadowP99Us > options.ProbeLatency.TotalMicroseconds)
            throw new ModelRefusal(
                "shadow",
                $"a window takes {evidence.ShadowP99Us:0} µs at the 99th percentile, allowed are {options.ProbeLatency.TotalMicroseconds:0}");
        var grown = Environment.WorkingSet - bytesBefore;
        if (grown > options.MaxShadowBytes)
            throw new ModelRefusal("shadow", $"the program grew by {grown} bytes, allowed are {options.MaxShadowBytes}");
        return evidence;
    }

    private int[] IndicesOf(ModelManifest manifest) =>
        [.. manifest.Channels.Select(name => channels.TakeWhile(channel => channel.Name != name).Count())];
}
