using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Learning.Active;

/// <summary>The label queue as people see it: lists, shows, takes answers.</summary>
internal sealed class LabelQueue(RunStore store, IExperienceArchive archive, IFeedback feedback, IFleet fleet) : ILabelQuestions
{
    private const int MaxWho = 50;

    public Task<IReadOnlyList<LabelQuestion>> QuestionsAsync(bool waitingOnly, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<LabelQuestion>>(store.Read(connection => QuestionTable.Read(connection, waitingOnly, Math.Max(0, limit))));

    public async Task<LabelQuestion?> QuestionAsync(long id, CancellationToken cancellation)
    {
        if (store.Read(connection => QuestionTable.Find(connection, id)) is not { } question) return null;
        await foreach (var experience in archive.ReadAsync(new ExperienceQuery { AfterId = id - 1, Limit = 1 }, cancellation))
        {
            if (experience.Id != id) break;
            var names = (await fleet.DeviceAsync(question.DeviceId, cancellation))?.Reported?.Channels.Select(channel => channel.Name).ToList();
            var channels = names?.Count == experience.Record.Channels
                ? names : [.. Enumerable.Range(1, experience.Record.Channels).Select(i => $"channel {i}")];
            return question with { Channels = channels, Window = experience.Record.Window };
        }

        // Retention took the window; the question stands until it is answered or skipped.
        return question;
    }

    public async Task<LabelAnswer> AnswerAsync(long id, string? label, LabelKind? kind, string who, CancellationToken cancellation)
    {
        if (store.Read(connection => QuestionTable.Find(connection, id)) is not { } question) return LabelAnswer.Unknown;
        if (question.State != QuestionTable.Waiting) return LabelAnswer.AlreadyAnswered;
        var name = who.Length <= MaxWho ? who : who[..MaxWho];
        // Truth first: a stop in between leaves the question waiting, and the same answer given again says the same.
        if (label is not null)
        {
            var truth = new OutcomeLabel
            {
                DeviceId = question.DeviceId, RunId = question.RunId, FromUs = question.FromUs, ToUs = question.ToUs, Label = label,
                Kind = kind ?? KindOf(question, label), Source = $"asked:{name}",
            };
            await feedback.AddLabelsAsync([truth], cancellation);
        }

        var isClosed = await store.WriteAsync(
            connection => QuestionTable.Close(connection, id, label is null ? QuestionTable.Skipped : QuestionTable.Labelled, label, name),
            cancellation);
        return isClosed ? LabelAnswer.Taken : LabelAnswer.AlreadyAnswered;
    }

    /// <summary>A detector is asked about by whether all was well, a classifier by what the machine was doing.</summary>
    private static LabelKind KindOf(LabelQuestion question, string label) =>
        WindowDoubt.DetectorNames.Contains(label) || question.Names.SequenceEqual(WindowDoubt.DetectorNames) ? LabelKind.Outcome : LabelKind.State;
}
