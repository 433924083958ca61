using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Tests.Host;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Fleet;

/// <summary>Remaining life from end to end: a hub with its broker and a whole agent; failures told over REST teach a model, and the
/// device that gets it says that the next machine will fail before it does.</summary>
public sealed class FleetLifeTests
{
    private const int Lives = 20;

    [Fact]
    public async Task A_device_foretells_a_failure_with_what_the_failures_before_it_taught()
    {
        using var folder = new TempFolder();
        var rules = folder.File("rules.yaml");
        await File.WriteAllTextAsync(rules, "version: 1\nrules:\n  - id: replace-soon\n    when: { prediction: lifeLow, below: 20 }\n");
        await using var hub = await HubFixture.StartAsync(settings: new Dictionary<string, string?>
        {
            ["Reasoning:RunsForFirstModel"] = "1000000",
        });
        await using var agent = await LiveAgent.StartAsync(hub, folder.Path, "pump-1", $"rules:file={rules}");
        using var api = new global::Operator.Cli.Hub.HubApi(hub.Address("front"), hub.OperatorToken);
        long rows = 0;
        var number = 0;
        while (number < Lives) await LiveAsync();

        var made = await FleetScene.TrainAsync(hub, new TrainingRequest { ModelName = "wear", Recipe = "remaining-life", RequestedBy = "test" });
        Assert.True(made.State == RunStates.Registered, made.Message);
        await FleetScene.RollOutAsync(hub, [agent], made.CandidateDigest!, LiveAsync);

        var last = new WearRecording(number);
        agent.Play(last.Name, last.Text);
        await FleetScene.ArchivedAsync(hub, [agent], rows + last.Rows);
        await Eventually.HoldsAsync(async () => (await AlarmsAsync()).Count > 0);
        var alarms = await AlarmsAsync();
        Assert.All(alarms, alarm => Assert.Equal("replace-soon", alarm.Raised.RuleId));
        Assert.All(alarms, alarm => Assert.InRange((last.FailedUs - alarm.Raised.TimestampUs) / 1e6, 1, 100));

        async Task<List<AlarmView>> AlarmsAsync() =>
            [.. (await hub.Get<IFeedback>().AlarmsAsync(openOnly: false, 1000, default)).Where(alarm => alarm.Raised.RunId == last.Name)];

        async Task LiveAsync()
        {
            var life = new WearRecording(number++);
            agent.Play(life.Name, life.Text);
            rows += life.Rows;
            await api.AddLabelsAsync([life.Failure(agent.Id)], default);
            await FleetScene.ArchivedAsync(hub, [agent], rows);
        }
    }
}
