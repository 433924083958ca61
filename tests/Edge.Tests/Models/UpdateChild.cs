using System.Diagnostics;
using Hmas.Contracts.Models;
using Hmas.Trust;

namespace Edge.Tests.Models;

/// <summary>A device that commits release 1 and then stands still in the middle of the update to release 2,
/// until it is killed. Prints <c>held</c> when it stands.</summary>
internal static class UpdateChild
{
    /// <summary>Begins the update to a release and kills itself some time after it told the step.</summary>
    public static async Task UpdateAndDieAsync(string folder, long release, SlotState step, int delayUs)
    {
        using var key = SigningKey.Load(Path.Combine(folder, "key"));
        await using var rig = new UpdaterRig(folder, key);
        rig.Start();
        rig.Play(60);
        await UpdateFaults.UpdateAsync(rig, release, step, delayUs, static () =>
        {
            Process.GetCurrentProcess().Kill();
            new ManualResetEvent(false).WaitOne();
        });
    }

    public static async Task RunAsync(string folder, SlotState hold)
    {
        using var key = SigningKey.Load(Path.Combine(folder, "key"));
        await using var rig = new UpdaterRig(folder, key);
        var second = rig.Offer(2);
        rig.Reporter.Changed += () =>
        {
            if (rig.Reporter.Last is not { } last || last.Digest != second.Digest || last.State != hold) return;
            Console.Out.WriteLine("held");
            Console.Out.Flush();
            new ManualResetEvent(false).WaitOne();
        };
        rig.Start();
        rig.Play(60);
        await rig.PlayUntilAsync(rig.Offer(1), SlotState.Committed);
        await rig.PlayUntilAsync(second, SlotState.Committed);
    }
}
