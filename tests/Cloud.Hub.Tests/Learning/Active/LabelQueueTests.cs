using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Active;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Tests.Host;
using Cloud.Hub.Tests.Learning.Fleet;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Active;

/// <summary>The label queue of a real hub: archive, feedback and its own database.</summary>
public sealed class LabelQueueTests
{
    private const int Rows = 40;
    private const long Second = 1_000_000;

    [Fact]
    public async Task The_windows_that_a_model_was_least_sure_of_are_asked_about_once_and_an_answer_is_truth_with_a_name_behind_it()
    {
        using var folder = new TempFolder();
        await using (var hub = await StartAsync(folder))
        {
            await using var agent = await LiveAgent.StartAsync(hub, folder.Path, "pump-1");
            await KnownAsync(hub);
            await AddAsync(hub, first: 1, (0, 0.1f), (1, 0.95f), (2, 8f), (3, 1.05f), (4, 0.9f));
            var loop = hub.Get<LabelLoop>();
            await loop.FillAsync(default);
            await loop.FillAsync(default);

            var queue = hub.Get<ILabelQuestions>();
            var waiting = await queue.QuestionsAsync(waitingOnly: true, 100, default);
            Assert.Equal([1L, 3L, 4L], waiting.Select(question => question.FromUs / (100 * Second)).Order());
            Assert.Equal(
                waiting.OrderByDescending(question => question.Uncertainty).Select(question => question.Id), waiting.Select(question => question.Id));
            Assert.All(waiting, question => Assert.Equal(["normal", "anomaly"], question.Names));
            var shown = (await queue.QuestionAsync(waiting[0].Id, default))!;
            Assert.Equal(StateRecording.Channels, shown.Channels);
            Assert.Equal(3 * Rows, shown.Window.Count);

            Assert.Equal(LabelAnswer.Taken, await queue.AnswerAsync(waiting[0].Id, "worn bearing", null, "ada", default));
            Assert.Equal(LabelAnswer.AlreadyAnswered, await queue.AnswerAsync(waiting[0].Id, "normal", null, "bob", default));
            Assert.Equal(LabelAnswer.Taken, await queue.AnswerAsync(waiting[1].Id, null, null, "bob", default));
            Assert.Equal(LabelAnswer.Unknown, await queue.AnswerAsync(999, "normal", null, "bob", default));
            var label = Assert.Single(await hub.Get<IFeedback>().LabelsAsync("pump-1", null, default));
            Assert.Equal(("worn bearing", "asked:ada", waiting[0].FromUs, waiting[0].ToUs), (label.Label, label.Source, label.FromUs, label.ToUs));
        }

        await using var again = await StartAsync(folder);
        var left = again.Get<ILabelQuestions>();
        var still = Assert.Single(await left.QuestionsAsync(waitingOnly: true, 100, default));
        Assert.Equal(
            ["labelled", "skipped", "waiting"],
            (await left.QuestionsAsync(waitingOnly: false, 100, default)).Select(question => question.State).Order());
        await again.Get<IFeedback>()
            .AddLabelsAsync(
                [new OutcomeLabel { DeviceId = "pump-1", FromUs = still.FromUs, ToUs = still.ToUs, Label = "normal", Source = "maintenance" }],
                default);
        await again.Get<LabelLoop>().FillAsync(default);
        Assert.Empty(await left.QuestionsAsync(waitingOnly: true, 100, default));
        Assert.Equal("gone", (await left.QuestionAsync(still.Id, default))!.State);
    }

    [Fact]
    public async Task No_more_windows_wait_than_may_and_a_person_names_them_from_a_terminal_or_over_REST()
    {
        using var folder = new TempFolder();
        await using var hub = await StartAsync(folder, most: 3);
        await using var agent = await LiveAgent.StartAsync(hub, folder.Path, "pump-1");
        await KnownAsync(hub);
        await AddAsync(hub, first: 1, [.. Enumerable.Range(0, 20).Select(i => (i, 0.8f + (0.02f * i)))]);
        await hub.Get<LabelLoop>().FillAsync(default);

        var before = await hub.Get<ILabelQuestions>().QuestionsAsync(waitingOnly: true, 100, default);
        Assert.Equal(3, before.Count);
        using var api = new global::Operator.Cli.Hub.HubApi(hub.Address("front"), hub.OperatorToken);
        var shown = await api.QuestionAsync(before[0].Id, default);
        Assert.Equal(3 * Rows, shown.Window.Count);
        await api.AnswerQuestionAsync(before[0].Id, "normal", null, default);
        await api.AnswerQuestionAsync(before[1].Id, null, null, default);
        var refused = await Assert.ThrowsAsync<global::Operator.Cli.Hub.HubRefusal>(() => api.AnswerQuestionAsync(before[0].Id, "normal", null, default));
        Assert.Contains("does not wait any more", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<global::Operator.Cli.Hub.HubRefusal>(() => api.AnswerQuestionAsync(before[2].Id, "", null, default));
        refused = await Assert.ThrowsAsync<global::Operator.Cli.Hub.HubRefusal>(() => api.AnswerQuestionAsync(
            before[2].Id, "seized", LabelKind.Failure, default));
        Assert.Contains("a window is no moment", refused.Message, StringComparison.Ordinal);
        Assert.Equal([before[2].Id], (await api.QuestionsAsync(waitingOnly: true, default)).Select(question => question.Id));
        Assert.Single(await hub.Get<IFeedback>().LabelsAsync("pump-1", null, default));
    }

    [Fact]
    public async Task A_device_keeps_more_windows_like_the_one_that_is_asked_about_and_no_more_than_were_asked_for()
    {
        using var folder = new TempFolder();
        await using var hub = await StartAsync(folder);
        // Nothing common is kept: what comes of the second run comes because it was asked for.
        await using var agent = await LiveAgent.StartAsync(
            hub, folder.Path, "pump-1", "experience:routineEvery=1000000", "experience:rareDistance=1000000", "pipeline:calibrationRows=100");
        await KnownAsync(hub);
        var (first, again) = (new StateRecording(0, 12, seed: 3), new StateRecording(1, 12, seed: 3));
        agent.Play(first.Name, first.Text);
        await FleetScene.ArchivedAsync(hub, [agent], first.Rows);
        var healthy = (await ReadAsync(hub)).Last(record => record.Centre.Length > 0);
        Assert.DoesNotContain(await ReadAsync(hub), record => record.Reasons.HasFlag(ExperienceReasons.Requested));

        // The hub is unsure of a window; the second run of the machine goes through the same states.
        var unsure = healthy with { RunId = "run-unsure", Score = 0.99f, Threshold = 1, Reasons = ExperienceReasons.Uncertain };
        await hub.Get<IExperienceArchive>().AppendAsync(
            [new FactBatch("site-a", "pump-1", 77, [new Fact(1, FactKind.Experience, unsure.EndUs, ExperienceCodec.Encode(unsure))])], default);
        await hub.Get<LabelLoop>().FillAsync(default);
        Assert.Single(await hub.Get<ILabelQuestions>().QuestionsAsync(waitingOnly: true, 100, default), question => question.RunId == "run-unsure");
        agent.Play(again.Name, again.Text);
        await FleetScene.ArchivedAsync(hub, [agent], first.Rows + again.Rows);
        // A fact that waits for its group has no number yet, and is not among those that are counted.
        await Eventually.HoldsAsync(async () => (await ReadAsync(hub)).Any(record => record.Reasons.HasFlag(ExperienceReasons.Requested)));

        var kept = (await ReadAsync(hub)).Where(record => record.Reasons.HasFlag(ExperienceReasons.Requested)).OrderBy(record => record.StartUs)
            .ToList();
        Assert.InRange(kept.Count, 1, 10);
        Assert.All(kept, record => Assert.Equal(again.Name, record.RunId));
        Assert.All(kept, record => Assert.InRange(Distance(record, unsure), 0, 1.0001));
        Assert.All(kept.Zip(kept.Skip(1)), pair => Assert.True(pair.First.EndUs < pair.Second.StartUs));
    }

    [Fact]
    public async Task A_person_lists_looks_at_names_and_skips_windows_and_tells_a_failure_with_the_operators_program()
    {
        using var folder = new TempFolder();
        await using var hub = await StartAsync(folder);
        await using var agent = await LiveAgent.StartAsync(hub, folder.Path, "pump-1");
        await KnownAsync(hub);
        await AddAsync(hub, first: 1, (0, 0.95f), (1, 0.9f), (2, 0.8f));
        await hub.Get<LabelLoop>().FillAsync(default);

        var (code, said) = await SayAsync("list");
        Assert.True(code == 0, said);
        Assert.Contains("UNCERTAINTY", said, StringComparison.Ordinal);
        Assert.Contains("normal, score 0.95 against 1", said, StringComparison.Ordinal);
        (code, said) = await SayAsync("show", "1");
        Assert.True(code == 0, said);
        Assert.Contains("names it knows: normal, anomaly", said, StringComparison.Ordinal);
        Assert.All(StateRecording.Channels, channel => Assert.Contains(channel, said, StringComparison.Ordinal));
        Assert.Equal((0, "1 is worn bearing\n"), await SayAsync("set", "1", "worn bearing"));
        Assert.Equal((0, "2 is skipped\n"), await SayAsync("skip", "2"));
        Assert.Equal((0, "3 is idle\n"), await SayAsync("set", "3", "idle", "--state"));
        (code, said) = await SayAsync("set", "1", "normal");
        Assert.Equal(1, code);
        Assert.Contains("question 1 does not wait any more", said, StringComparison.Ordinal);
        Assert.DoesNotContain("worn bearing", (await SayAsync("list")).Said, StringComparison.Ordinal);
        Assert.Contains("worn bearing", (await SayAsync("list", "--all")).Said, StringComparison.Ordinal);
        (code, said) = await SayAsync("failed", "pump-1", "--at", "2026-11-28T14:05:00Z", "--cause", "seal burst");
        Assert.True(code == 0, said);
        (code, said) = await SayAsync("failed", "Pump 1");
        Assert.Equal(1, code);
        Assert.Contains("Pump 1", said, StringComparison.Ordinal);

        var labels = await hub.Get<IFeedback>().LabelsAsync("pump-1", null, default);
        Assert.Equal(
            [("worn bearing", LabelKind.Outcome), ("idle", LabelKind.State), ("seal burst", LabelKind.Failure)], labels.Select(label => (label.Label, label.Kind)));
        Assert.Equal((1795874700000000, 1795874700000000), (labels[2].FromUs, labels[2].ToUs));

        Task<(int Code, string Said)> SayAsync(params string[] arguments) =>
            OperatorProgram.RunAsync(OperatorProgram.Knowing(hub.Address("front"), hub.Folder), ["label", .. arguments]);
    }

    private static Task<HubFixture> StartAsync(TempFolder folder, int most = 50) => HubFixture.StartAsync(
        settings: new Dictionary<string, string?> { ["Learning:MaxLabelQuestions"] = most.ToString(
            System.Globalization.CultureInfo.InvariantCulture) }, folder: folder.File("hub"));

    /// <summary>Waits until the hub knows the device's channels.</summary>
    private static Task KnownAsync(HubFixture hub) =>
        Eventually.HoldsAsync(async () => (await hub.Get<IFleet>().DeviceAsync("pump-1", default))?.Reported is { Channels.Count: > 0 });

    /// <param name="windows">Place, 100 s apart, and score over the threshold.</param>
    private static async Task AddAsync(HubFixture hub, long first, params (int Place, float Ratio)[] windows)
    {
        var facts = windows.Select((
            window, i) => new Fact(first + i, FactKind.Experience, window.Place * 100 * Second, ExperienceCodec.Encode(new ExperienceRecord
        {
            RunId = "run-1", StartUs = window.Place * 100 * Second, EndUs = ((window.Place * 100) + Rows - 1) * Second, Channels = 3,
            Window = [.. Enumerable.Range(0, 3 * Rows).Select(j => MathF.Sin(window.Place + (0.1f * j)))], Centre = [0, 0, 0], Scale = [1, 1, 1],
            ModelDigest = "", Score = window.Ratio, Threshold = 1, Reasons = ExperienceReasons.Uncertain, Value = 0.7f,
        })));
        await hub.Get<IExperienceArchive>().AppendAsync([new FactBatch("site-a", "pump-1", 77, [.. facts])], default);
    }

    private static async Task<List<ExperienceRecord>> ReadAsync(HubFixture hub)
    {
        var read = new List<ExperienceRecord>();
        await foreach (var experience in hub.Get<IExperienceArchive>().ReadAsync(new ExperienceQuery(), default)) read.Add(experience.Record);
        return read;
    }

    /// <summary>Root mean square over mean and deviation of each channel, each in units of its own calibration.</summary>
    private static double Distance(ExperienceRecord one, ExperienceRecord other)
    {
        return Math.Sqrt(
            Enumerable.Range(0, one.Channels).SelectMany(c => Coordinates(one, c).Zip(Coordinates(other, c), (a, b) => (a - b) * (a - b))).Average());

        static double[] Coordinates(ExperienceRecord record, int c)
        {
            var values = record.Window.Skip(c * record.Length).Take(record.Length).Select(value => (value - record.Centre[c]) / record.Scale[c])
                .ToList();
            var mean = values.Average();
            return [mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean)))];
        }
    }
}
