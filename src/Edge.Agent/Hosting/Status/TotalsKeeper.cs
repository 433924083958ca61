using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting.Status;

/// <summary>Counts over all starts of this disk: adds this start's, and writes them once a minute and at the end.</summary>
internal sealed class TotalsKeeper(TotalsFile file, AgentLadder ladder, LostWrites lost, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMinutes(1);

    public Totals Now => file.With(SinceStart());

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SaveEvery, time);
        while (await timer.WaitForNextTickAsync(ct)) Save();
    }

    public void Save()
    {
        try
        {
            file.Save(SinceStart());
        }
        catch (StorageException error)
        {
            // Counters since the last save are lost; on a full disk the agent must still be able to stop cleanly.
            lost.Add();
            logger.StatusUnavailable("the totals file", error.Message);
        }
    }

    private Totals SinceStart() =>
        new(ladder.Pipeline.Samples, ladder.DroppedSamples, ladder.Pipeline.LateSamples, ladder.Counters.Windows, ladder.Counters.AlarmWindows);
}
