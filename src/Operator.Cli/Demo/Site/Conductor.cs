namespace Operator.Cli.Demo.Site;

/// <summary>Gives devices recordings to live through, and sends the truth of each run to the hub once it is over: late, as truth comes.</summary>
internal sealed class Conductor(DemoSite site, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly Queue<PlayedRun> _unlabelled = [];

    /// <summary>Plays one recording on each named device and waits until every row has been answered.</summary>
    /// <param name="progress">Told the share of devices that are through.</param>
    public async Task<IReadOnlyList<PlayedRun>> PlayToTheEndAsync(
        IReadOnlyList<(Device Device, Recording Recording)> plays, string purpose, Action<double> progress, CancellationToken cancellation)
    {
        var runs = plays.Select(play => play.Device.Play(play.Recording, purpose)).ToArray();
        while (true)
        {
            site.RequireRunning();
            var ended = runs.Count(run => run.Device.Decisions(run).HasEnded);
            progress((double)ended / runs.Length);
            if (ended == runs.Length) return runs;
            if (time.GetUtcNow() > runs.Max(run => run.ExpectedEnd) + TimeSpan.FromMinutes(1))
                throw new InvalidOperationException(
                    $"{string.Join(", ", runs.Where(run => !run.Device.Decisions(run).HasEnded).Select(run => run.RunId))}: not answered to the last row a minute after its end");
            await Task.Delay(Glance, time, cancellation);
        }
    }

    /// <summary>Keeps every device busy with held-out recordings in turn until told to stop; each run is
    /// labelled as soon as it is over, for the gates that watch. No device plays the same one twice in a row: a gate would
    /// know each by one recording only.</summary>
    public async Task KeepPlayingAsync(IReadOnlyList<Recording> heldOut, CancellationToken stop, CancellationToken cancellation)
    {
        var next = Enumerable.Range(0, site.Devices.Count).ToArray();
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < next.Length; i++)
            {
                // One ahead of what it plays, so that it never runs dry.
                if (site.Devices[i].BusyUntil > time.GetUtcNow() + TimeSpan.FromSeconds(1)) continue;
                _unlabelled.Enqueue(site.Devices[i].Play(heldOut[next[i]++ % heldOut.Count], Purposes.HoldOut));
            }

            await SendLabelsAsync(cancellation);
            await Task.Delay(Glance, time, cancellation);
        }
    }

    /// <summary>Plays every recording once, shared out among the devices; the labels wait.</summary>
    public async Task PlayOnceAsync(
        IReadOnlyList<(Recording Recording, string Purpose)> plays, Action<double> progress, CancellationToken cancellation)
    {
        for (var i = 0; i < plays.Count; i++)
            _unlabelled.Enqueue(site.Devices[i % site.Devices.Count].Play(plays[i].Recording, plays[i].Purpose));
        await RestAsync(progress, cancellation);
    }

    /// <summary>Waits until every playlist should be through.</summary>
    public async Task RestAsync(Action<double> progress, CancellationToken cancellation)
    {
        var started = time.GetUtcNow();
        var end = site.Devices.Max(device => device.BusyUntil) + TimeSpan.FromSeconds(1);
        while (time.GetUtcNow() < end)
        {
            site.RequireRunning();
            progress((time.GetUtcNow() - started) / (end - started));
            await Task.Delay(Glance, time, cancellation);
        }
    }

    /// <summary>Sends the labels of all runs that are over.</summary>
    public async Task<int> SendLabelsAsync(CancellationToken cancellation)
    {
        var sent = 0;
        while (_unlabelled.TryPeek(out var run) && run.ExpectedEnd < time.GetUtcNow())
        {
            await site.Api.AddLabelsAsync(run.Labels(), cancellation);
            _unlabelled.Dequeue();
            sent++;
        }

        return sent;
    }
}
