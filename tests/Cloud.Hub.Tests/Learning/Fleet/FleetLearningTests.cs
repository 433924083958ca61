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
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
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

        var made = await TrainAsync(hub, new TrainingRequest { ModelName = "pump", Recipe = "states", RequestedBy = "test" });
        Assert.True(made.State == RunStates.Registered, made.Message);
        await RollOutAsync(hub, agents, made.CandidateDigest!, from: Runs);

        await using var poisoned = await PoisonedDevice.JoinAsync(hub, made.CandidateDigest!);
        await hub.Get<IFeedback>().AddLabelsAsync([.. new StateRecording(0, 3, 0).Labels(PoisonedDevice.Id)], default);
        await UntilAsync(
            async () => (await hub.Get<IFleet>().DeviceAsync(PoisonedDevice.Id, default))?.Reported?.ActiveDigest == made.CandidateDigest,
            "the poisoned device is online");
        var tuned = await TrainAsync(hub, new TrainingRequest
        {
            ModelName = "pump", Recipe = "states", ParentDigest = made.CandidateDigest, RequestedBy = "test",
            Federated = new FederatedRequest { Rounds = 4, RoundSeconds = 30 },
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
    }

    /// <summary>Plays runs on every device, tells their truth, and waits until the archive holds them.</summary>
    private async Task PlayAsync(HubFixture hub, LiveAgent[] agents, IEnumerable<int> runs, int states)
    {
        foreach (var run in runs)
        {
            foreach (var (agent, i) in agents.Select((agent, i) => (agent, i)))
            {
                var recording = new StateRecording(run, states, seed: (run * agents.Length) + i);
                agent.Play(recording);
                if (i == 0) _rows += recording.Rows;
                await hub.Get<IFeedback>().AddLabelsAsync([.. recording.Labels(agent.Id)], default);
            }
        }

        await UntilAsync(
            async () => (await hub.Get<IFleet>().DevicesAsync(default)).Where(device => agents.Any(agent => agent.Id == device.DeviceId))
                .All(device =>
                device.Reported?.Counters is { } counters && counters.Samples >= _rows * StateRecording.Channels.Length
                && counters.FactsProduced == counters.FactsAcknowledged),
            $"{_rows} rows of each device are archived");
    }

    private async Task RollOutAsync(HubFixture hub, LiveAgent[] agents, string digest, int from)
    {
        var rollout = await hub.Get<IRollouts>().StartAsync(
            new RolloutRequest { Digest = digest, RequestedBy = "test", Reason = "test", Groups = [new GroupPlan("full", Share: 1)],
                Gate = new GatePolicy { MinimumWindows = 50 } }, default);
        var run = from;
        await UntilAsync(
            async () =>
            {
                // A device tries a model out on rows that come now.
                await PlayAsync(hub, agents, [run++], states: 20);
                return (await hub.Get<IRollouts>().FindAsync(rollout.RolloutId, default))!.State is "completed" or "restored";
            },
            "the rollout ends");
        var ended = (await hub.Get<IRollouts>().FindAsync(rollout.RolloutId, default))!;
        Assert.True(ended.State == "completed", string.Join("; ", ended.Transitions.Select(transition => transition.Reason)));
        Assert.All(
            (await hub.Get<IFleet>().DevicesAsync(default)).Where(device => agents.Any(agent => agent.Id == device.DeviceId)),
            device => Assert.Equal(digest, device.Reported?.ActiveDigest));
    }

    private static async Task<TrainingRunView> TrainAsync(HubFixture hub, TrainingRequest request)
    {
        var runId = await hub.Get<ITrainingRuns>().StartAsync(request, default);
        await UntilAsync(
            async () => RunStates.HasEnded((await hub.Get<ITrainingRuns>().RunAsync(runId, default))!.State), $"training run {runId} ends");
        return (await hub.Get<ITrainingRuns>().RunAsync(runId, default))!;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        while (!await holds())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"not within {Limit}: {what}");
            await timer.WaitForNextTickAsync(default);
        }
    }
}
