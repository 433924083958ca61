using Hmas.Contracts.Models;
using Operator.Cli.Demo.Progress;
using Operator.Cli.Demo.Report;
using Operator.Cli.Demo.Scoring;
using Operator.Cli.Demo.Site;
using Operator.Cli.Hub;

namespace Operator.Cli.Demo;

/// <summary>Looks at the running hub and the devices once more, and puts the report together.</summary>
internal sealed class Auditor(DemoSite site, EventTally events, ProgressView view, TimeProvider time)
{
    private const int MostAlarms = 1_000;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WorkLimit = TimeSpan.FromMinutes(3);

    /// <summary>What a service does may come late on a busy machine: the larger model that gives second opinions is trained
    /// beside the devices' own. Until it has, or for some minutes, the devices live on and send it windows.</summary>
    public async Task UntilAllServicesWorkedAsync(Conductor conductor, IReadOnlyList<Recording> recordings, CancellationToken cancellation)
    {
        var idle = await IdleAsync(cancellation);
        if (idle.Count == 0) return;
        view.Report(0, $"not yet seen at work: {string.Join(", ", idle)}; the devices live on meanwhile");
        using var stop = new CancellationTokenSource();
        var playing = conductor.KeepPlayingAsync(recordings, stop.Token, cancellation);
        var started = time.GetTimestamp();
        while (idle.Count > 0 && time.GetElapsedTime(started) < WorkLimit)
        {
            await Task.Delay(Glance, time, cancellation);
            idle = await IdleAsync(cancellation);
        }

        await stop.CancelAsync();
        await playing;
        await conductor.RestAsync(view.Advance, cancellation);
    }

    public async Task<DemoReport> ReportAsync(DemoFindings findings, CancellationToken cancellation)
    {
        var (experiences, facts) = await CountAsync(cancellation);
        view.Advance(0.7);
        var questions = await site.Api.QuestionsAsync(waitingOnly: true, cancellation);
        var devices = findings.Before.Zip(findings.After).Select(pair => Result(
            pair.First, pair.Second, findings, questions.Count(question => question.RunId == pair.First.RunId))).ToArray();
        var (before, after) = (Pool(findings.Before), Pool(findings.After));
        var services = ServiceFacts.Of(await LookAsync(cancellation));
        var checks = DemoVerdict.Checks(
            devices, findings.Rounds[0].Training.CandidateDigest!, findings.Rounds[^1].Training.CandidateDigest!, before, after, experiences, facts,
            findings.BadModel, services);
        return new DemoReport
        {
            Ok = checks.All(static check => check.Holds),
            Data = findings.Source,
            Seconds = Math.Round(view.Elapsed.TotalSeconds, 1),
            Checks = checks,
            Devices = devices,
            Pooled = new ScorePair(ScoreResult.From(before), ScoreResult.From(after)),
            Experiences = experiences,
            Facts = facts,
            Rounds = await RoundsAsync(findings, cancellation),
            BadModel = findings.BadModel,
            Services = services,
        };
    }

    /// <summary>Waits until the devices' outboxes are empty and their counters stand still, then compares
    /// what they numbered with what the archive holds.</summary>
    private async Task<(ItemCounts Experiences, ItemCounts Facts)> CountAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var devices = await site.Api.DevicesAsync(cancellation);
            var archive = await site.Api.ArchiveAsync(cancellation);
            var acknowledged = devices.Sum(static device => device.Reported?.Counters.FactsAcknowledged ?? 0);
            var (experiences, facts) = (ItemCounts.OfExperiences(devices, archive), ItemCounts.OfFacts(devices, archive));
            if ((experiences.IsExact && facts.Lost == 0 && acknowledged == facts.Produced) || time.GetElapsedTime(started) > DrainLimit)
                return (experiences, facts);
            await Task.Delay(Glance, time, cancellation);
        }
    }

    /// <param name="asked">Windows of the recording that the hub asks people about.</param>
    private DeviceResult Result(PlayedRun before, PlayedRun after, DemoFindings findings, int asked)
    {
        var device = before.Device;
        var swap = findings.Rounds[^1].Rollout.Devices.FirstOrDefault(candidate => candidate.DeviceId == device.Id);
        var (old, now) = (Score(before), Score(after));
        return new DeviceResult
        {
            Id = device.Id,
            Recording = before.Recording.Name,
            Before = ScoreResult.From(old),
            After = ScoreResult.From(now),
            DigestBefore = device.Decisions(before).Digest,
            DigestAfter = device.Decisions(after).Digest,
            ResidentMb = Math.Round(site.ResidentBytes(device) / 1e6, 1),
            SwapMs = swap?.SwapMs is { } ms ? Math.Round(ms, 1) : null,
            Worse = WorseDevice.Describe(
                device.Id, after.Recording.Name, old, now, after.Recording.Anomalous, device.Decisions(after).Answers, asked),
        };
    }

    private static Confusion Score(PlayedRun run) => OutlierScore.Of(run.Recording.Anomalous, run.Device.Decisions(run).Alarms);

    private static Confusion Pool(IReadOnlyList<PlayedRun> runs) => runs.Select(Score).Aggregate(static (left, right) => left + right);

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
                Message = training.Message,
                RolloutState = rollout.State,
            });
        }

        return rounds;
    }

    private async Task<IReadOnlyList<string>> IdleAsync(CancellationToken cancellation) => ServiceFacts.Idle(
        ServiceFacts.Of(await LookAsync(cancellation)));

    private async Task<HubObservations> LookAsync(CancellationToken cancellation)
    {
        var details = new List<DeviceDetailAnswer>();
        foreach (var device in site.Devices) details.Add(await site.Api.DeviceAsync(device.Id, cancellation));
        return new HubObservations(
            await site.Api.OpinionsAsync(cancellation), await site.Api.DataQualityAsync(cancellation), await site.Api.ArchiveAsync(cancellation),
            await site.Api.TrainingAsync(cancellation), await site.Api.DecisionsAsync(cancellation), await site.Api.DevicesAsync(cancellation),
            await site.Api.AlarmsAsync(openOnly: false, MostAlarms, cancellation), await site.Api.QualityAsync(cancellation), details,
            await site.Api.RolloutsAsync(cancellation), events.Counts, await site.DashboardBytesAsync(cancellation));
    }
}
