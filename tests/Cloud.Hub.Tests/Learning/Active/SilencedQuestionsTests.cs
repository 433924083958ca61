using Cloud.Hub.Learning.Active;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Tests.Learning.Service;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Active;

public sealed class SilencedQuestionsTests
{
    [Fact]
    public async Task A_window_that_a_new_model_is_silent_on_is_asked_about_once_and_before_others()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 2);
        var alarm = AlarmOf(fleet);
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var questions = learning.Get<SilencedQuestions>();
        // Of a run that retention took there is nothing to show.
        Assert.Equal(1, await questions.AskAsync([alarm, alarm with { RunId = "gone" }], default));
        Assert.Equal(0, await questions.AskAsync([alarm], default));
        var asked = Assert.Single(await learning.Get<ILabelQuestions>().QuestionsAsync(waitingOnly: true, 10, default));
        await learning.EndAsync();
        Assert.Equal(
            ("pump-1", "silent", 1.0, "normal, where the model before alarms at 3.3 of its threshold"),
            (asked.DeviceId, asked.RunId, asked.Uncertainty, asked.Said));
        Assert.InRange(alarm.TimeUs, asked.FromUs, asked.ToUs);
        Assert.Equal(["normal", "anomaly"], asked.Names);
    }

    [Fact]
    public async Task Nobody_is_asked_where_nobody_wants_to_be()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 2);
        var alarm = AlarmOf(fleet);
        await using var learning = new LearningFixture(fleet, folder.Path, registry, settings: ("MaxLabelQuestions", "0"));
        await learning.BeginAsync();
        Assert.Equal(0, await learning.Get<SilencedQuestions>().AskAsync([alarm], default));
        await learning.EndAsync();
    }

    private static SilencedAlarm AlarmOf(SimulatedFleet fleet)
    {
        var start = fleet.AddRun("silent", isLabelled: false, shift: 8f, new Random(3));
        return new SilencedAlarm("pump-1", "silent", start + ((SimulatedFleet.FaultFrom + 40) * 1_000_000L), 3.25f);
    }
}
