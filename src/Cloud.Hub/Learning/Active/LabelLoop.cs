using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Active;

/// <summary>Keeps the label queue filled from the newest experience: the windows that the models were least sure
/// of, of each kind one. What is labelled otherwise leaves it.</summary>
internal sealed class LabelLoop(
    RunStore store, IExperienceArchive archive, IFeedback feedback, IFleet fleet, IModelRegistry registry, MoreLikeThese more,
    IOptions<LearningOptions> options, TimeProvider time, ILogger<LabelLoop> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Newest windows that are looked at.</summary>
    private const int Looked = 1000;

    /// <summary>Below this a model is as good as sure, and a label would teach it little.</summary>
    private const double LeastUncertainty = 0.2;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FillAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // The loop's one catch: an archive or registry that does not answer is asked again.
            catch (Exception trouble)
#pragma warning restore CA1031
            {
                Log.LabelTrouble(logger, trouble.Message);
            }
        }
    }

    /// <summary>One look: takes out what is labelled by now, asks as many more as there is room for, and devices for more of their kind.</summary>
    public async Task FillAsync(CancellationToken cancellation)
    {
        var truth = (await feedback.LabelsAsync(null, null, cancellation)).GroupBy(label => label.DeviceId)
            .ToDictionary(group => group.Key, group => new LabelTimeline([.. group]));
        bool IsKnown(string device, string run, long us) => truth.GetValueOrDefault(device)?.NameAt(run, us) is not null;
        var waiting = store.Read(connection => QuestionTable.Read(connection, waitingOnly: true, int.MaxValue));
        var gone = waiting.Where(question => IsKnown(question.DeviceId, question.RunId, question.ToUs)).ToList();
        if (gone.Count > 0)
        {
            await store.WriteAsync(
                connection => gone.Count(question => QuestionTable.Close(connection, question.Id, QuestionTable.Gone, null, "")), cancellation);
            waiting = [.. waiting.Except(gone)];
        }

        var room = options.Value.MaxLabelQuestions - waiting.Count;
        if (room <= 0) return;
        var asked = store.Read(connection => QuestionTable.Read(connection, waitingOnly: false, int.MaxValue));
        var candidates = await CandidatesAsync(
            experience => !IsKnown(experience.DeviceId, experience.Record.RunId, experience.Record.EndUs)
                && !asked.Any(question => Overlaps(question, experience)), cancellation);
        var chosen = WindowChoice.Choose(
            [.. candidates.Select(window => window.Features)], [.. candidates.Select(window => window.Uncertainty)], room).Select(i => candidates[i]);
        // Two windows of one stretch tell a person the same.
        var (fresh, unsure) = (new List<LabelQuestion>(), new List<AskedWindow>());
        foreach (var window in chosen.OrderByDescending(window => window.Uncertainty))
        {
            if (fresh.Any(question => Overlaps(question, window.Experience))) continue;
            fresh.Add(Question(window));
            unsure.Add(window);
        }

        if (fresh.Count == 0) return;
        await store.WriteAsync(
            connection =>
            {
                QuestionTable.Add(connection, fresh);
                return fresh.Count;
            },
            cancellation);
        var devices = await more.AskAsync(unsure, cancellation);
        Log.QuestionsAsked(logger, fresh.Count, waiting.Count + fresh.Count, devices);
    }

    private async Task<List<AskedWindow>> CandidatesAsync(Func<ArchivedExperience, bool> isOpen, CancellationToken cancellation)
    {
        var channels = (await fleet.DevicesAsync(cancellation)).Where(device => device.Reported is not null)
            .ToDictionary(device => device.DeviceId, device => (IReadOnlyList<string>)[.. device.Reported!.Channels.Select(channel => channel.Name)]);
        using var doubt = new WindowDoubt(registry);
        var found = new List<AskedWindow>();
        await foreach (var experience in archive.ReadAsync(new ExperienceQuery { BeforeId = long.MaxValue, Limit = Looked }, cancellation))
        {
            if (!isOpen(experience) || !channels.TryGetValue(experience.DeviceId, out var names)) continue;
            // Features of devices with other channels cannot be compared with these.
            if (await doubt.OfAsync(experience, names, cancellation) is { } window && window.Uncertainty >= LeastUncertainty
                && (found.Count == 0 || found[0].Features.Length == window.Features.Length))
                found.Add(window);
        }

        return found;
    }

    private LabelQuestion Question(AskedWindow window) => new()
    {
        Id = window.Experience.Id,
        DeviceId = window.Experience.DeviceId,
        RunId = window.Experience.Record.RunId,
        FromUs = window.Experience.Record.StartUs,
        ToUs = window.Experience.Record.EndUs,
        Uncertainty = window.Uncertainty,
        Said = window.Said,
        Names = window.Names,
        AskedAt = time.GetUtcNow(),
        State = QuestionTable.Waiting,
    };

    private static bool Overlaps(LabelQuestion question, ArchivedExperience experience) =>
        question.DeviceId == experience.DeviceId && question.RunId == experience.Record.RunId && question.FromUs <= experience.Record.EndUs
        && experience.Record.StartUs <= question.ToUs;
}
