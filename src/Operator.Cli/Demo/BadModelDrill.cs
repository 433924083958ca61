using Hmas.Trust;
using Operator.Cli.Hub;
using Operator.Cli.Demo.Progress;
using Operator.Cli.Demo.Report;
using Operator.Cli.Demo.Site;

namespace Operator.Cli.Demo;

/// <summary>Pushes a model that is bad on purpose past the hub's own test, as a hurried person might, and watches the fleet throw it back.</summary>
/// <remarks>It is the good model with a threshold in the wrong unit: well-formed, signed, quick, and alarming on healthy machines.</remarks>
internal sealed class BadModelDrill(DemoSite site, Conductor conductor, ProgressView view, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <summary>Devices report every two seconds, and at once when their slot changes.</summary>
    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(10);

    /// <summary>Well beyond what the gate waits for at most.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public async Task<BadModelResult> RunAsync(string goodDigest, IReadOnlyList<Recording> recordings, CancellationToken cancellation)
    {
        var good = await site.Api.ModelAsync(goodDigest, cancellation);
        var package = ModelPackage.Open(await site.Api.PackageAsync(goodDigest, cancellation), goodDigest, new PackageLimits());
        var threshold = good.Manifest.Threshold with { Floor = null, Ceiling = -100 };
        var bad = await site.Api.AddModelAsync(
            good.Manifest with
            {
                Release = good.Manifest.Release + 1,
                Threshold = threshold,
                Lineage = good.Manifest.Lineage with { ParentDigest = goodDigest, RunId = "by-hand" },
            },
            package.Onnx.ToArray(), cancellation);

        using var stop = new CancellationTokenSource();
        var playing = conductor.KeepPlayingAsync(recordings, stop.Token, cancellation);
        var rollout = await site.Api.StartRolloutAsync(
            new
            {
                digest = bad.Digest,
                shadowWindows = 0,
                healthWindows = 30,
                gate = new { minimumWindows = 200, minimumLabelledNormalWindows = 600, maximumWait = "00:03:00", limits = HubSettings.Limits },
                requestedBy = "operator",
                reason = "drill: a threshold in the wrong unit",
            },
            cancellation);
        view.Report(0.1, "a signed model with a wrong threshold goes to the canary");
        var (ended, restoreSeconds) = await UntilEndedAsync(rollout.RolloutId, cancellation);
        await stop.CancelAsync();
        await playing;
        view.Report(1, $"rollout {ended.State}, stopped by {ended.StoppedBy}");
        var touched = ended.Devices.Where(device => device.Touched).ToArray();
        return new BadModelResult(
            bad.Digest, touched.Length, await CountBackAsync(touched.Select(static device => device.DeviceId).ToHashSet(), bad.Digest, cancellation),
            Math.Round(restoreSeconds, 2), ended.StoppedBy);
    }

    /// <summary>How many of these devices say themselves that they answer with another model than the
    /// bad one; those that say so late are waited for.</summary>
    private async Task<int> CountBackAsync(HashSet<string> touched, string badDigest, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var back = (await site.Api.DevicesAsync(cancellation)).Count(device => touched.Contains(device.DeviceId)
                && device.Reported?.ActiveDigest is { } active && active != badDigest);
            if (back == touched.Count || time.GetElapsedTime(started) > ReportLimit) return back;
            await Task.Delay(Glance, time, cancellation);
        }
    }

    /// <summary>Also the seconds from the verdict until the last device answered with its old model again.</summary>
    private async Task<(RolloutAnswer Rollout, double RestoreSeconds)> UntilEndedAsync(string rolloutId, CancellationToken cancellation)
    {
        long? stopped = null;
        var started = time.GetTimestamp();
        while (true)
        {
            site.RequireRunning();
            if (time.GetElapsedTime(started) > Limit)
                throw new TimeoutException($"rollout {rolloutId} of the bad model has not ended after {Limit.TotalMinutes:0} minutes");
            var rollout = await site.Api.RolloutAsync(rolloutId, cancellation);
            if (rollout.StoppedBy is not null) stopped ??= time.GetTimestamp();
            if (rollout.HasEnded) return (rollout, stopped is { } since ? time.GetElapsedTime(since).TotalSeconds : 0);
            if (stopped is not null) view.Advance(0.8);
            await Task.Delay(Glance, time, cancellation);
        }
    }
}
