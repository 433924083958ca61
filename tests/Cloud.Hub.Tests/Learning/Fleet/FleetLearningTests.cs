using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts.Models;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Fleet;

/// <summary>A hub with its broker and whole agents: named states become a classifier, the devices answer with
/// it, and make its head better without giving a window away.</summary>
public sealed class FleetLearningTests
{
    private const int Devices = 3;
    private const int Runs = 8;
    private long _rows;

    [Fact]
    public async Task Devices_answer_with_a_classifier_of_their_states_and_tune_its_head_though_one_of_them_is_poisoned()
    {
        using var folder = new TempFolder();
        await using var hub = await HubFixture.StartAsync(settings: new Dictionary<string, string?>
        {
            ["Reasoning:RunsForFirstModel"] = "1000000", ["Learning:MinSliceRows"] = "10",
        });
        await using var first = await LiveAgent.StartAsync(hub, folder.Path, "pump-1");
        await using var second = await LiveAgent.StartAsync(hub, folder.Path, "pump-2");
        await using var third = await LiveAgent.StartAsync(hub, folder.Path, "pump-3");
        LiveAgent[] agents = [first, second, third];
        await PlayAsync(hub, agents, Enumerable.Range(0, Runs), states: 3);

        var made = await FleetScene.TrainAsync(hub, new TrainingRequest { ModelName = "pump", Recipe = "states", RequestedBy = "test" });
        Assert.True(made.State == RunStates.Registered, made.Message);
        await RollOutAsync(hub, agents, made.CandidateDigest!, from: Runs);

        await using var poisoned = await PoisonedDevice.JoinAsync(hub, made.CandidateDigest!);
        await hub.Get<IFeedback>().AddLabelsAsync([.. new StateRecording(0, 3, 0).Labels(PoisonedDevice.Id)], default);
        await Eventually.HoldsAsync(
            async () => (await hub.Get<IFleet>().DeviceAsync(PoisonedDevice.Id, default))?.Reported?.ActiveDigest == made.CandidateDigest);
        var tuned = await FleetScene.TrainAsync(hub, new TrainingRequest
        {
            ModelName = "pump", Recipe = "states", ParentDigest = made.CandidateDigest, RequestedBy = "test",
            Federated = new FederatedRequest { Rounds = 4, RoundSeconds = 300 },
        });

        Assert.True(tuned.State == RunStates.Registered, $"{tuned.Message}; {string.Join("; ", tuned.Rounds)}");
        Assert.Equal(4, tuned.Rounds.Count);
        Assert.All(tuned.Rounds, round => Assert.True(round.Asked == Devices + 1 && round.HasMoved, $"{round}: {string.Join("; ", round.Refused)}"));
        Assert.Equal([Devices, Devices, Devices, Devices + 1], tuned.Rounds.Select(round => round.Accepted));
        Assert.Equal(
            ["a value is not finite", "its norm is 1E+30, 4 at most can be meant well", "answers round 1, this is 3"],
            tuned.Rounds.SelectMany(round => round.Refused).Select(refused => refused.Reason));
        Assert.All(tuned.Rounds.SelectMany(round => round.Refused), refused => Assert.Equal(PoisonedDevice.Id, refused.DeviceId));
        Assert.True(tuned.CandidateMetrics["all"].Accuracy >= tuned.ParentMetrics["all"].Accuracy - 0.01, tuned.Message);

        var manifest = (await hub.Get<IModelRegistry>().FindAsync(tuned.CandidateDigest!, default))!.Manifest;
        Assert.Equal(made.CandidateDigest, manifest.Lineage.ParentDigest);
        Assert.Equal(ModelHead.Classes, manifest.Head);
        await AdaptAsync(hub, folder.Path, made.CandidateDigest!);
    }

    /// <summary>A device that joins later gets the model, then a head of its own from at most fifty of its labelled windows.</summary>
    private static async Task AdaptAsync(HubFixture hub, string folder, string parent)
    {
        await using var late = await LiveAgent.StartAsync(hub, folder, "pump-9");
        var fleet = hub.Get<IFleet>();
        await fleet.SetModelAsync(late.Id, (await fleet.DeviceAsync("pump-1", default))!.Desired!.Model, default);
        long rows = 0;
        var run = 0;
        await Eventually.HoldsAsync(
            async () =>
            {
                var recording = new StateRecording(run, states: 20, seed: 500 + run++);
                late.Play(recording.Name, recording.Text);
                rows += recording.Rows;
                await hub.Get<IFeedback>().AddLabelsAsync([.. recording.Labels(late.Id)], default);
                await FleetScene.ArchivedAsync(hub, [late], rows);
                return (await fleet.DeviceAsync(late.Id, default))!.Reported?.ActiveDigest == parent;
            },
            () => "the late device is to answer with the model");

        var own = await FleetScene.TrainAsync(hub, new TrainingRequest
        {
            ModelName = "pump-9-own", Recipe = "states", ParentDigest = parent, RequestedBy = "test",
            Federated = new FederatedRequest { Rounds = 2, RoundSeconds = 300, Devices = [late.Id], MinDevices = 1, Join = "mean", MaxWindows = 200 },
        });
        Assert.True(own.State is RunStates.Registered or RunStates.Rejected, $"{own.Message}; {string.Join("; ", own.Rounds)}");
        Assert.Equal([(1, 1, 50), (1, 1, 50)], own.Rounds.Select(round => (round.Asked, round.Accepted, round.Windows)));
        Assert.All(own.Rounds, round => Assert.True(round.HasMoved, $"{round}"));
    }

    /// <summary>Plays runs on every device, tells their truth, and waits until the archive holds them.</summary>
    private async Task PlayAsync(HubFixture hub, LiveAgent[] agents, IEnumerable<int> runs, int states)
    {
        foreach (var run in runs)
        {
            foreach (var (agent, i) in agents.Select((agent, i) => (agent, i)))
            {
                var recording = new StateRecording(run, states, seed: (run * agents.Length) + i);
                agent.Play(recording.Name, recording.Text);
                if (i == 0) _rows += recording.Rows;
                await hub.Get<IFeedback>().AddLabelsAsync([.. recording.Labels(agent.Id)], default);
            }
        }

        await FleetScene.ArchivedAsync(hub, agents, _rows);
    }

    private async Task RollOutAsync(HubFixture hub, LiveAgent[] agents, string digest, int from)
    {
        var run = from;
        // A device tries a model out on rows that come now.
        await FleetScene.RollOutAsync(hub, agents, digest, () => PlayAsync(hub, agents, [run++], states: 20));
    }
}
