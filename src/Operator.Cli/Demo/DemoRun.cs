using Edge.Sensors.Simulation;
using Operator.Cli.Hub;
using Operator.Cli.Demo.Progress;
using Operator.Cli.Demo.Report;
using Operator.Cli.Demo.Site;

namespace Operator.Cli.Demo;

/// <summary>The demo from build to report: each stage in order, what it found handed to the next.</summary>
internal sealed class DemoRun(DemoOptions options, ProgressView view, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TrainingLimit = TimeSpan.FromMinutes(6);

    /// <summary>0 only if the loop closed; 1 otherwise, with the reason on the terminal.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        try
        {
            if (Directory.Exists(options.WorkFolder)) Directory.Delete(options.WorkFolder, recursive: true);
            Directory.CreateDirectory(options.WorkFolder);
            view.Enter(DemoStages.Build);
            await new Builder(options, view).RunAsync(cancellation);
            var recordings = ReadRecordings();
            await using var site = new DemoSite(options with { MqttPort = ChooseBrokerPort() }, time);
            var conductor = new Conductor(site, time);
            var report = await RunStagesAsync(site, conductor, recordings, cancellation);
            report.Write(options.ReportFile);
            ReportTable.Print(report, options.ReportFile);
            if (options.KeepRunning) await StayAsync(site, conductor, recordings, cancellation);
            return report.Ok ? 0 : 1;
        }
        catch (Exception e) when (DemoFailure.Of(e, cancellation) is { } said)
        {
            await Console.Error.WriteLineAsync($"demo: {said}\ndemo: the programs' logs are in {options.WorkFolder}");
            return 1;
        }
    }

    private async Task<DemoReport> RunStagesAsync(DemoSite site, Conductor conductor, RecordingSet recordings, CancellationToken cancellation)
    {
        view.Enter(DemoStages.Start);
        await site.StartHubAsync(HubSettings.Write(options, site.Devices.Count, recordings.Training.Count), cancellation);
        await site.FetchTrustAsync(cancellation);
        view.Report(0.4, $"dashboard: {site.Front}#token={await site.TokenAsync(cancellation)}");
        await using var events = await EventTally.OpenAsync(site.Front, await site.TokenAsync(cancellation), cancellation);
        foreach (var device in site.Devices) await site.StartDeviceAsync(device, cancellation);

        view.Enter(DemoStages.Acceptance);
        var slices = HealthySlices.Cut(recordings.Healthy, Path.Combine(options.WorkFolder, "recordings"), site.Devices.Count);
        for (var i = 0; i < slices.Count; i++) site.Devices[i].Play(slices[i], Purposes.Acceptance);
        await conductor.RestAsync(view.Advance, cancellation);

        view.Enter(DemoStages.FirstModel);
        var first = await AwaitTrainingAsync(site, round: 1, 0.6, cancellation);
        var firstRollout = await WatchRolloutAsync(site, conductor, recordings.HoldOut, first.CandidateDigest!, cancellation);

        view.Enter(DemoStages.Live);
        await conductor.RestAsync(static _ => { }, cancellation);
        await conductor.PlayOnceAsync(
            [.. recordings.Training.Select(static recording => (recording, Purposes.Training)),
                .. recordings.HoldOut.Select(static recording => (recording, Purposes.HoldOut))], view.Advance, cancellation);

        var plays = site.Devices.Zip(recordings.Unseen).ToArray();
        view.Enter(DemoStages.Before);
        var before = await conductor.PlayToTheEndAsync(plays, Purposes.Unseen, view.Advance, cancellation);

        view.Enter(DemoStages.Retrain);
        view.Report(0, $"labels of {await conductor.SendLabelsAsync(cancellation)} runs arrive, after the fact");
        var second = await AwaitTrainingAsync(site, round: 2, 1, cancellation);

        view.Enter(DemoStages.Rollout);
        var secondRollout = await WatchRolloutAsync(site, conductor, recordings.HoldOut, second.CandidateDigest!, cancellation);
        await conductor.RestAsync(static _ => { }, cancellation);

        view.Enter(DemoStages.After);
        var after = await conductor.PlayToTheEndAsync(plays, Purposes.Unseen, view.Advance, cancellation);

        BadModelResult? bad = null;
        if (options.BadModel)
        {
            view.Enter(DemoStages.BadModel);
            bad = await new BadModelDrill(site, conductor, view, time).RunAsync(second.CandidateDigest!, recordings.HoldOut, cancellation);
        }

        view.Enter(DemoStages.Report);
        var auditor = new Auditor(site, events, view, time);
        await auditor.UntilAllServicesWorkedAsync(conductor, recordings.HoldOut, cancellation);
        var findings = new DemoFindings(recordings.Source, before, after, [(first, firstRollout), (second, secondRollout)], bad);
        return await auditor.ReportAsync(findings, cancellation);
    }

    /// <summary>Many a machine has a broker of its own on MQTT's port; the demo leaves it alone.</summary>
    private int ChooseBrokerPort()
    {
        var port = FreePort.From(options.MqttPort);
        if (port != options.MqttPort) view.Report(1, $"something listens on port {options.MqttPort} already; the demo's broker takes {port}");
        return port;
    }

    private RecordingSet ReadRecordings()
    {
        var standard = Path.GetFullPath(Path.Combine(options.Root.FullName, "..", "shared", "data", "skab"));
        var data = options.Data ?? (Directory.Exists(standard) ? standard : DemoOptions.Simulated);
        if (data != DemoOptions.Simulated)
        {
            view.Report(1, $"recordings: {data}");
            return RecordingSet.Read(data, data, options.Devices);
        }

        var simulated = Path.Combine(options.WorkFolder, "simulated");
        SimulatedSite.WriteRecordings(simulated, options.Seed);
        view.Report(1, "recordings: a simulated pump with injected faults");
        return RecordingSet.Read("simulated pump", simulated, options.Devices);
    }

    /// <summary>Waits for the fleet's agent to train, and for the run to end well.</summary>
    private async Task<TrainingAnswer> AwaitTrainingAsync(DemoSite site, int round, double shareOfStage, CancellationToken cancellation)
    {
        var said = "";
        var started = time.GetTimestamp();
        while (true)
        {
            site.RequireRunning();
            if (time.GetElapsedTime(started) > TrainingLimit)
                throw new TimeoutException(
                    $"no model of round {round} after {TrainingLimit.TotalMinutes:0} minutes; last: {(said.Length > 0 ? said : "nobody asked for one")}");
            var runs = (await site.Api.TrainingAsync(cancellation)).Where(run => run.Request.ModelName != "teacher").ToArray();
            if (runs.Length >= round)
            {
                var run = runs[runs.Length - round];
                if (run.State == "registered") return run;
                if (run.HasEnded) throw new InvalidOperationException($"training run {run.RunId} ended {run.State}: {run.Message}");
                var line = $"{run.Request.RequestedBy} agent asked for '{run.Request.Recipe}': {run.State}";
                if (line != said) view.Report(run.Progress * shareOfStage, said = line);
                else view.Advance(run.Progress * shareOfStage);
            }

            await Task.Delay(Glance, time, cancellation);
        }
    }

    /// <summary>Keeps the devices busy while the rollout of a model goes from group to group, until it has ended.</summary>
    private async Task<RolloutAnswer> WatchRolloutAsync(
        DemoSite site, Conductor conductor, IReadOnlyList<Recording> recordings, string digest, CancellationToken cancellation)
    {
        using var stop = new CancellationTokenSource();
        var playing = conductor.KeepPlayingAsync(recordings, stop.Token, cancellation);
        var rollout = await new RolloutWatch(site, view, time).UntilEndedAsync(digest, cancellation);
        await stop.CancelAsync();
        await playing;
        if (rollout.State != "completed")
            throw new InvalidOperationException($"rollout {rollout.RolloutId} of {digest} ended {rollout.State}, stopped by {rollout.StoppedBy}");
        return rollout;
    }

    /// <summary>The machines run on, so that there is something to see.</summary>
    private static async Task StayAsync(DemoSite site, Conductor conductor, RecordingSet recordings, CancellationToken cancellation)
    {
        Console.WriteLine($"Hub and devices go on at {site.Front} until Ctrl+C.");
        try
        {
            await conductor.KeepPlayingAsync(recordings.HoldOut, CancellationToken.None, cancellation);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopping.");
        }
    }
}
