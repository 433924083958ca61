using System.Diagnostics;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Hmas.Trust;

namespace Edge.Tests.Models;

/// <summary>SIGKILL of a real process at each step of an update.</summary>
public sealed class KilledUpdateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(SlotState.Downloading, 1)]
    [InlineData(SlotState.Verified, 1)]
    [InlineData(SlotState.Probed, 1)]
    [InlineData(SlotState.Shadowing, 1)]
    [InlineData(SlotState.Active, 2)]
    [InlineData(SlotState.Committed, 2)]
    public async Task A_working_model_answers_after_a_kill_and_the_next_update_works(SlotState step, long answers)
    {
        using var key = SigningKey.Create();
        key.Save(_folder.File("key"));
        await KillAtAsync(step);

        await using var rig = new UpdaterRig(_folder.Path, key);
        rig.Start();
        Assert.Equal(answers, rig.Slots.Current.Active?.Release);
        Assert.Equal(rig.Slots.Current.Active?.Digest, rig.Answering);
        rig.Play(60);
        // The hub's retained word comes again, and later a newer one.
        await rig.PlayUntilAsync(rig.Offer(2), SlotState.Committed);
        var third = rig.Offer(3);
        await rig.PlayUntilAsync(third, SlotState.Committed);
        Assert.Equal((third.Digest, true), (rig.Answering, rig.Slots.Current.Committed));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder.Path, "models"), "*.hmas").Length);
    }

    [Theory]
    [InlineData(SlotState.Verified)]
    [InlineData(SlotState.Shadowing)]
    public async Task A_model_that_takes_the_program_down_while_it_is_tried_is_refused_after_three_attempts(SlotState step)
    {
        using var key = SigningKey.Create();
        key.Save(_folder.File("key"));
        for (var attempt = 0; attempt < 3; attempt++) await KillAtAsync(step);

        await using var rig = new UpdaterRig(_folder.Path, key);
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

    public void Dispose() => _folder.Dispose();

    private async Task KillAtAsync(SlotState step)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(KilledUpdateTests).Assembly.Location, "update-model", _folder.Path, $"{step}"]) { RedirectStandardOutput = true };
        using var child = Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            Assert.Equal("held", await child.StandardOutput.ReadLineAsync(limit.Token));
        }
        finally
        {
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync();
        }
    }
}
