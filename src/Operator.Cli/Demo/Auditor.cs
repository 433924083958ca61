using System.Globalization;
using Operator.Cli.Demo.Progress;
using Operator.Cli.Demo.Report;
using Operator.Cli.Demo.Scoring;
using Operator.Cli.Demo.Site;

namespace Operator.Cli.Demo;

/// <summary>Counts facts, scores devices and decides whether the loop really closed.</summary>
internal sealed class Auditor(DemoSite site, ProgressView view, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    public async Task<DemoReport> ReportAsync(DemoFindings findings, CancellationToken cancellation)
    {
        var experiences = await CountAsync(cancellation);
        view.Advance(0.7);
        var devices = findings.Before.Zip(findings.After).Select(pair => Result(pair.First, pair.Second, findings)).ToArray();
        var before = Pool(findings.Before);
        var after = Pool(findings.After);
        var rounds = await RoundsAsync(findings, cancellation);
        var checks = Checks(findings, devices, before, after, experiences);
        return new DemoReport
        {
            Ok = checks.All(check => check.Holds),
            Data = findings.Source,
            Seconds = Math.Round(view.Elapsed.TotalSeconds, 1),
            Checks = checks,
            Devices = devices,
            Pooled = new ScorePair(ScoreResult.From(before), ScoreResult.From(after)),
            Experiences = experiences,
            Rounds = rounds,
            BadModel = findings.BadModel,
            Services = await ServicesAsync(findings, experiences, cancellation),
        };
    }

    /// <summary>Waits until the devices' outboxes are empty, then compares what they numbered with what the archive holds.</summary>
    private async Task<ExperienceCounts> CountAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var devices = await site.Api.DevicesAsync(cancellation);
            var archive = await site.Api.ArchiveAsync(cancellation);
            var produced = devices.Sum(device => device.Reported?.Counters.FactsProduced ?? 0);
            var acknowledged = devices.Sum(device => device.Reported?.Counters.FactsAcknowledged ?? 0);
            var contiguous = archive.Devices.Sum(device => device.Sequence);
            var counts = new ExperienceCounts(produced, archive.Facts, produced - contiguous, archive.Facts + archive.Evicted - contiguous);
            if ((counts.Lost == 0 && acknowledged == produced) || time.GetElapsedTime(started) > DrainLimit) return counts;
            await Task.Delay(Glance, time, cancellation);
        }
    }

    private DeviceResult Result(PlayedRun before, PlayedRun after, DemoFindings findings)
    {
        var device = before.Device;
        var swap = findings.Rounds[^1].Rollout.Devices.FirstOrDefault(candidate => candidate.DeviceId == device.Id);
        return new DeviceResult
        {
            Id = device.Id,
            Recording = before.Recording.Name,
            Before = ScoreResult.From(Score(before)),
            After = ScoreResult.From(Score(after)),
            DigestBefore = device.Decisions(before).Digest,
            DigestAfter = device.Decisions(after).Digest,
            ResidentMb = Math.Round(site.ResidentBytes(device) / 1e6, 1),
            SwapMs = swap?.SwapMs is { } ms ? Math.Round(ms, 1) : null,
        };
    }

    private static OutlierScore Score(PlayedRun run) => OutlierScore.Of(run.Recording.Anomalous, run.Device.Decisions(run).Alarms);

    private static OutlierScore Pool(IReadOnlyList<PlayedRun> runs) => runs.Select(Score).Aggregate(static (left, right) => left + right);

    private async Task<IReadOnlyList<RoundResult>> RoundsAsync(DemoFindings findings, CancellationToken cancellation)
    {
        var rounds = new List<RoundResult>();
        foreach (var (training, rollout) in findings.Rounds)
        {
            var model = await site.Api.ModelAsync(training.CandidateDigest!, cancellation);
            rounds.Add(new RoundResult
            {
                Digest = model.Digest,
                Recipe = training.Request.Recipe,
                Precision = model.Manifest.Precision,
                TrainingWindows = training.TrainingWindows,
                State = training.State,
                HeldOutF1 = training.CandidateMetrics?.GetValueOrDefault("all")?.F1,
                ParentHeldOutF1 = training.ParentMetrics?.GetValueOrDefault("all")?.F1,
                RolloutState = rollout.State,
            });
        }

        return rounds;
    }

    private static DemoCheck[] Checks(DemoFindings findings, DeviceResult[] devices, OutlierScore before, OutlierScore after, ExperienceCounts experiences)
    {
        var firstDigest = findings.Rounds[0].Training.CandidateDigest;
        var secondDigest = findings.Rounds[^1].Training.CandidateDigest;
        List<DemoCheck> checks =
        [
            new("every device answered the unseen recording with the first model", devices.All(device => device.DigestBefore == firstDigest), $"{devices.Count(device => device.DigestBefore == firstDigest)} of {devices.Length}"),
            new("every device answered it again with the new model", devices.All(device => device.DigestAfter == secondDigest), $"{devices.Count(device => device.DigestAfter == secondDigest)} of {devices.Length}"),
            new("the new model is better on recordings no training saw", after.F1 > before.F1, string.Create(CultureInfo.InvariantCulture, $"F1 {before.F1:0.000} to {after.F1:0.000}")),
            new("no experience lost, none twice", experiences is { Lost: 0, Duplicated: 0 }, $"{experiences.Produced} produced, {experiences.Stored} stored"),
        ];
        if (findings.BadModel is { } bad)
        {
            checks.Add(new DemoCheck("the bad model was stopped", bad.StoppedBy is not null, bad.StoppedBy ?? "nothing stopped it"));
            checks.Add(new DemoCheck("every device it touched went back", bad.DevicesRestored == bad.DevicesTouched, $"{bad.DevicesRestored} of {bad.DevicesTouched}"));
        }

        return [.. checks];
    }

    /// <summary>One thing each service did in this run.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ServicesAsync(DemoFindings findings, ExperienceCounts experiences, CancellationToken cancellation)
    {
        var opinions = await site.Api.OpinionsAsync(cancellation);
        var quality = await site.Api.DataQualityAsync(cancellation);
        var decisions = await site.Api.DecisionsAsync(cancellation);
        var alarms = await site.Api.AlarmsAsync(cancellation);
        var archive = await site.Api.ArchiveAsync(cancellation);
        var faults = await site.Api.PumpFaultsAsync(cancellation);
        var siteDecisions = decisions.Where(decision => decision.Agent.StartsWith("site", StringComparison.Ordinal)).ToArray();
        return new Dictionary<string, string>
        {
            ["perception"] = $"of the newest {opinions.Count} second opinions {opinions.Count(opinion => opinion.Agrees)} agree with the device; data of {quality.Count(device => device.Verdict == "good")} of {quality.Count} devices good",
            ["memory"] = $"{archive.Experiences} experiences archived, {archive.Repeats} repeats dropped",
            ["learning"] = $"{findings.Rounds.Count} rounds, {findings.Rounds.Sum(round => round.Training.TrainingWindows)} windows fitted",
            ["reasoning"] = $"{decisions.Count} decisions; site agent: {siteDecisions.FirstOrDefault()?.Reason ?? "calm"}",
            ["communication"] = $"{experiences.Stored} facts of {site.Devices.Count} devices ingested",
            ["feedback"] = $"{alarms.Count} alarms remembered, labels joined to {findings.Rounds[^1].Training.TrainingWindows} windows",
            ["integration"] = "REST, WebSocket and the dashboard served this demo",
            ["specialized"] = $"the pump pack knows {faults} faults",
            ["redistribution"] = $"{findings.Rounds.Count + (findings.BadModel is null ? 0 : 1)} rollouts, {(findings.BadModel is null ? 0 : 1)} restored",
        };
    }
}
