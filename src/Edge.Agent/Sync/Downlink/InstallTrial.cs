using Edge.Agent.Models;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Edge.Agent.Sync.Downlink;

/// <summary>The other end of an install, in the program that it started: brings the model slots in line with
/// it, watches its health window, and commits or goes back.</summary>
/// <param name="health">Frames, answered windows and invalid windows since the start, and whether the
/// hub was reached (true on a device that has none).</param>
/// <param name="restart">As in <see cref="InstallUpdater"/>.</param>
internal sealed class InstallTrial(
    InstallFolder installs, ModelSlots slots, SlotReporter reporter, Func<InstallHealth> health, Action restart, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>An install that cannot reach the hub for so long is worth less than the one before: nobody could bring it another.</summary>
    private static readonly TimeSpan LinkLimit = TimeSpan.FromHours(1);

    /// <summary>Before the first model is loaded. Idempotent: a kill in it, and the next start does it again.</summary>
    public void Start()
    {
        var current = installs.Current;
        if (!current.Committed) TakeModel(current.Active);
        else if (installs.IsUntold(current.Failed)) GiveModelBack(current.Failed);
    }

    /// <summary>After the slots' start: tells what became of an install while this program did not run, then watches the one on trial.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var current = installs.Current;
        if (current.Committed)
        {
            if (!installs.IsUntold(current.Failed)) return;
            var failure = installs.FailureOf(current.Failed);
            reporter.Tell(
                SlotState.Returned, installs.AssignmentOf(current.Failed)!, failure == InstallFolder.TakenBack ? "restored" : "health",
                failure ?? "it did not live to the end of its health window");
            installs.MarkTold(current.Failed);
            return;
        }

        if (installs.AssignmentOf(current.Active) is not { } assignment) return;
        reporter.Tell(SlotState.Active, assignment);
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            var now = health();
            if (now.InvalidWindows > 0) GoBack($"{now.InvalidWindows} windows without a finite score");
            else if (!now.IsLinked && time.GetElapsedTime(started) > LinkLimit) GoBack($"no link to the hub within {LinkLimit}");
            else if (now.IsLinked && (now.HasModel ? now.Windows : now.Frames) >= assignment.HealthWindows) Commit(assignment);
            else continue;
            return;
        }
    }

    private void Commit(ModelAssignment assignment)
    {
        installs.Commit();
        reporter.Tell(SlotState.Committed, assignment);
    }

    /// <summary>The program that runs then tells of it, and takes the model back.</summary>
    private void GoBack(string detail)
    {
        installs.Return(detail);
        restart();
    }

    private void TakeModel(string install)
    {
        if (Read(install) is not { } model || model.Assignment.Digest == slots.Current.Active?.Digest) return;
        slots.Keep(model.Assignment.Digest, model.Bytes);
        slots.Stage(new SlotEntry(model.Assignment.Digest, model.Assignment.Name, model.Assignment.Release, Assigned: true), model.Assignment);
        slots.Activate();
    }

    private void GiveModelBack(string install)
    {
        if (Read(install) is { } model && model.Assignment.Digest == slots.Current.Active?.Digest && slots.Current.Previous is not null)
            slots.Return("health");
    }

    private (byte[] Bytes, ModelAssignment Assignment)? Read(string install)
    {
        var path = Path.Combine(installs.PathOf(install), InstallFolder.Model);
        if (install.Length == 0 || !File.Exists(path)) return null;
        var bytes = File.ReadAllBytes(path);
        return (bytes, PackageFile.AssignmentOf(bytes, path) with { HealthWindows = installs.AssignmentOf(install)?.HealthWindows ?? 1 });
    }
}
