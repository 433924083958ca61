using System.Diagnostics;
using System.Globalization;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Hmas.Trust;

namespace Edge.Tests.Models;

/// <summary>Updates that end in the middle: by a power cut of the disk, or by SIGKILL of a process. After each the device must answer
/// with a whole model, the one before or the new one, and the next update must work.</summary>
internal sealed class UpdateFaults(SigningKey key, int seed)
{
    /// <summary>Every step that an update tells.</summary>
    public static readonly SlotState[] Steps =
        [SlotState.Downloading, SlotState.Verified, SlotState.Probed, SlotState.Shadowing, SlotState.Active, SlotState.Committed, SlotState.Returned];

    /// <summary>Longest time from a step's report to the fault, so that faults fall between the steps too: their disk writes lie there.</summary>
    private const int MaxDelayUs = 10_000;

    private readonly Random _random = new(seed);

    /// <summary>By step: faults, and how many of them left the new model answering.</summary>
    public SortedDictionary<SlotState, (int Faults, int NewAnswers)> Counts { get; } = [];

    /// <summary>Power cuts, the steps taken in turn.</summary>
    public async Task CutAsync(CuttableDisk disk, int cuts)
    {
        var release = 1L;
        var rig = new UpdaterRig(disk.Path, key);
        await BeginAsync(rig, release);
        for (var i = 0; i < cuts; i++)
        {
            var step = Steps[i % Steps.Length];
            await UpdateAsync(rig, release + 1, step, _random.Next(MaxDelayUs), disk.Cut);
            await rig.DisposeAsync();
            disk.Restore();
            rig = new UpdaterRig(disk.Path, key);
            release = await RequireWorkingAsync(rig, step, release);
        }

        await rig.DisposeAsync();
    }

    /// <summary>Kills of a process of its own, the steps taken in turn.</summary>
    public async Task KillAsync(string folder, int kills)
    {
        key.Save(Path.Combine(folder, "key"));
        var release = 1L;
        var rig = new UpdaterRig(folder, key);
        await BeginAsync(rig, release);
        for (var i = 0; i < kills; i++)
        {
            await rig.DisposeAsync();
            var step = Steps[i % Steps.Length];
            await RunChildAsync(folder, release + 1, step, _random.Next(MaxDelayUs));
            rig = new UpdaterRig(folder, key);
            release = await RequireWorkingAsync(rig, step, release);
        }

        await rig.DisposeAsync();
    }

    /// <summary>Updates until the step is told, and a while on; then the fault.</summary>
    public static async Task UpdateAsync(UpdaterRig rig, long release, SlotState step, int delayUs, Action fault)
    {
        var sick = step == SlotState.Returned;
        var offer = rig.Offer(release) with { HealthWindows = sick ? 1_000_000 : 5 };
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Reporter.Changed += () =>
        {
            if (rig.Reporter.Last is not { } last || last.Digest != offer.Digest) return;
            // The residual's square is beyond a float: the score is no number, and the device goes back.
            if (sick && last.State == SlotState.Active) rig.Scale = 1e30f;
            if (last.State == step) new Thread(() => Fault(delayUs, fault, over)) { IsBackground = true }.Start();
        };
        rig.Assign(offer);
        while (!over.Task.IsCompleted)
        {
            rig.Play(1);
            await Task.Yield();
        }

        await over.Task;
    }

    private static void Fault(int delayUs, Action fault, TaskCompletionSource over)
    {
        for (var from = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(from).TotalMicroseconds < delayUs;) Thread.SpinWait(10);
        try
        {
            fault();
            over.TrySetResult();
        }
        catch (InvalidOperationException error)
        {
            over.TrySetException(error);
        }
    }

    private static async Task BeginAsync(UpdaterRig rig, long release)
    {
        rig.Start();
        rig.Play(60);
        await rig.PlayUntilAsync(rig.Offer(release), SlotState.Committed);
    }

    /// <summary>Returns the release that answers after the next update.</summary>
    private async Task<long> RequireWorkingAsync(UpdaterRig rig, SlotState step, long before)
    {
        rig.Start();
        var active = rig.Slots.Current.Active;
        var where = $"seed {seed}, {Counts.Values.Sum(count => count.Faults)} faults before, {step} of release {before + 1}";
        if (active is null) throw new InvalidOperationException($"{where}: no model is active");
        Assert.True(active.Release >= before && active.Release <= before + 1, $"{where}: release {active.Release} is active");
        Assert.True(active.Digest == rig.Answering, $"{where}: {active.Digest} is active, {rig.Answering ?? "nothing"} answers");
        Assert.True(rig.Slots.Releases.GetValueOrDefault(active.Name) >= active.Release, $"{where}: the release counter is behind the active model");
        var (faults, answers) = Counts.GetValueOrDefault(step);
        Counts[step] = (faults + 1, answers + (active.Release > before ? 1 : 0));

        rig.Play(60);
        var next = rig.Offer(before + 2);
        await rig.PlayUntilAsync(next, SlotState.Committed);
        Assert.True(next.Digest == rig.Answering, $"{where}: the next update does not answer");
        return before + 2;
    }

    private static async Task RunChildAsync(string folder, long release, SlotState step, int delayUs)
    {
        string[] arguments = [
            typeof(UpdateFaults).Assembly.Location, "update-killed", folder, release.ToString(CultureInfo.InvariantCulture), $"{step}",
            delayUs.ToString(CultureInfo.InvariantCulture)];
        var child = await Tool.TryAsync(new ProcessStartInfo("dotnet", arguments));
        // 128 + SIGKILL: it died by its own hand at the very place, not of something else.
        Assert.True(child.Code == 137, $"the child ended with {child.Code}: {child.Said}");
    }
}
