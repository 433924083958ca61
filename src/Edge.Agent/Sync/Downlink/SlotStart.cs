using Edge.Agent.Models;
using Edge.Agent.Perception.Inference;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Puts the model of the active slot into the pipeline when the program starts: from disk alone, without the hub.</summary>
/// <param name="firstPackage">File to begin with while no slot is filled; null: none.</param>
internal sealed class SlotStart(
    ModelSlots slots, SlotLoader loader, ModelVerifier verifier, IDetectorSlot pipeline, SlotReporter reporter, string? firstPackage, ILogger logger)
{
    /// <summary>So many starts without a commit, and the model is taken for one that kills the program.</summary>
    private const int MaxUncommittedStarts = 3;

    /// <summary>Told once a model answers, so that each report names the one that does.</summary>
    private readonly List<Action> _reports = [];

    public void Run()
    {
        try
        {
            if (slots.Current.Active is null && firstPackage is not null) Install(firstPackage);
            if (slots.CountStart() > MaxUncommittedStarts)
                GiveUp("health", $"{MaxUncommittedStarts} starts without reaching the end of the health window");
            Load();
        }
        catch (Exception error) when (error is StorageException or IOException)
        {
            // A disk that takes nothing must not keep the device from deciding: what answers is in memory then, and the updater writes when it can.
            logger.SlotStepFailed(error, slots.Current.Active?.Digest ?? "none");
            LoadUnwritten();
        }

        foreach (var report in _reports) report();
    }

    /// <summary>Active, and if it cannot be loaded, the one before: at most two tries.</summary>
    private void Load()
    {
        while (slots.Current.Active is { } active)
        {
            try
            {
                pipeline.Exchange(loader.Load(active))?.Dispose();
                return;
            }
            catch (Exception error) when (error is ModelRefusal or InferenceException or ArgumentException)
            {
                var refusal = ModelRefusal.Of(error);
                GiveUp(refusal.Reason, refusal.Detail);
            }
        }
    }

    private void LoadUnwritten()
    {
        foreach (var entry in new[] { slots.Current.Active, slots.Current.Previous })
        {
            try
            {
                if (entry is null) continue;
                pipeline.Exchange(loader.Load(entry))?.Dispose();
                return;
            }
            catch (Exception error) when (error is ModelRefusal or InferenceException or ArgumentException or IOException)
            {
                logger.SlotStepFailed(error, entry!.Digest);
            }
        }
    }

    private void GiveUp(string reason, string detail)
    {
        var failed = slots.Current.Active!;
        slots.Return(reason);
        var rollout = slots.Current.Failed?.RolloutId;
        _reports.Add(() => reporter.Tell(SlotState.Returned, failed.Digest, rollout, reason, detail));
    }

    /// <summary>The first model, from a file beside the settings: its own digest is the wanted
    /// one, its signature is checked like any other.</summary>
    private void Install(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var assignment = PackageFile.AssignmentOf(bytes, path);
            var package = verifier.Verify(bytes, assignment, active: null);
            slots.Keep(package.Digest, bytes);
            slots.Stage(new SlotEntry(package.Digest, package.Manifest.Name, package.Manifest.Release), assignment);
            slots.Activate();
            slots.Commit();
            _reports.Add(() => reporter.Tell(SlotState.Committed, assignment));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ModelRefusal)
        {
            logger.SlotStepFailed(error, path);
        }
    }
}
