using System.Diagnostics;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Hmas.Trust;
using Xunit.Abstractions;

namespace Edge.Tests.Models;

/// <summary>SIGKILL and power cuts in the middle of updates. <c>./hmas bench update-faults</c> does the same five hundred times.</summary>
[Collection(Programs.Name)]
public sealed class KilledUpdateTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly int _seed = Seed.Next();

    [Fact]
    public async Task A_working_model_answers_after_a_kill_and_the_next_update_works()
    {
        output.WriteLine($"seed {_seed}");
        await new UpdateFaults(_key, _seed).KillAsync(_folder.Path, UpdateFaults.Steps.Length);
    }

    [FactWithPowerCuts]
    public async Task A_working_model_answers_after_a_power_cut_and_the_next_update_works()
    {
        output.WriteLine($"seed {_seed}");
        using var disk = new CuttableDisk();
        await new UpdateFaults(_key, _seed).CutAsync(disk, 4 * UpdateFaults.Steps.Length);
    }

    [Theory]
    [InlineData(SlotState.Verified)]
    [InlineData(SlotState.Shadowing)]
    public async Task A_model_that_takes_the_program_down_while_it_is_tried_is_refused_after_three_attempts(SlotState step)
    {
        _key.Save(_folder.File("key"));
        for (var attempt = 0; attempt < 3; attempt++) await KillAtAsync(step);

        await using var rig = new UpdaterRig(_folder.Path, _key);
        rig.Start();
        rig.Play(60);
        var second = rig.Offer(2);
        var refused = await rig.PlayUntilAsync(second, SlotState.Refused, SlotState.Probed);
        Assert.Equal((SlotState.Refused, "crash", SlotReasonClass.Model), (refused.State, refused.Reason, refused.ReasonClass));
        Assert.Equal(1, rig.Slots.Current.Active?.Release);
        // The very same assignment stays refused; another is tried.
        Assert.Equal(second, rig.Slots.Current.Failed);
        await rig.PlayUntilAsync(second with { RolloutId = "again" }, SlotState.Committed);
    }

    [FactWithPowerCuts]
    public async Task A_model_that_takes_the_machine_down_soon_after_its_swap_is_refused_after_three_attempts()
    {
        using var disk = new CuttableDisk();
        var rig = new UpdaterRig(disk.Path, _key);
        rig.Start();
        rig.Play(60);
        await rig.PlayUntilAsync(rig.Offer(1), SlotState.Committed);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await rig.PlayUntilAsync(rig.Offer(2) with { HealthWindows = 1_000_000 }, SlotState.Active);
            disk.Cut();
            await rig.DisposeAsync();
            disk.Restore();
            rig = new UpdaterRig(disk.Path, _key);
            rig.Start();
            rig.Play(60);
            Assert.Equal(1, rig.Slots.Current.Active?.Release);
        }

        var refused = await rig.PlayUntilAsync(rig.Offer(2), SlotState.Refused, SlotState.Verified);
        Assert.Equal((SlotState.Refused, "crash", SlotReasonClass.Model), (refused.State, refused.Reason, refused.ReasonClass));
        await rig.PlayUntilAsync(rig.Offer(3), SlotState.Committed);
        await rig.DisposeAsync();
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    private async Task KillAtAsync(SlotState step)
    {
        var start = new ProcessStartInfo(
            "dotnet", [typeof(KilledUpdateTests).Assembly.Location, "update-model", _folder.Path, $"{step}"]) { RedirectStandardOutput = true };
        using var child = Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
        try
        {
            using var limit = new CancellationTokenSource(Eventually.Limit);
            Assert.Equal("held", await child.StandardOutput.ReadLineAsync(limit.Token));
        }
        finally
        {
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync();
        }
    }
}
