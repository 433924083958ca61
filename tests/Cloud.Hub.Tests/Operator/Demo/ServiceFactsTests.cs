using Operator.Cli.Demo.Report;
using Operator.Cli.Hub;

namespace Cloud.Hub.Tests.Operator.Demo;

public class ServiceFactsTests
{
    private static readonly HubObservations Nothing = new(
        [], [], new ArchiveAnswer(0, 0, 0, 0, 0, []), [], [], [], [], [], [], [], new Dictionary<string, long> { ["Heartbeat"] = 9 }, 2048);

    [Fact]
    public void A_hub_that_did_nothing_shows_nothing()
    {
        var facts = ServiceFacts.Of(Nothing);
        Assert.Equal(9, facts.Count);
        Assert.All(facts, static fact => Assert.Equal(0, fact.Value.Seen));
    }

    [Fact]
    public void Each_sentence_counts_what_was_seen()
    {
        var facts = ServiceFacts.Of(Nothing with
        {
            Events = new Dictionary<string, long> { ["TelemetryReceived"] = 40, ["AlarmChanged"] = 2, ["Heartbeat"] = 9 },
            Quality = [new("sha256:a", "d1", 5, 1, 10, 2), new("sha256:b", "d1", 1, 0, 1, 0)],
            Decisions = [
                new(default, "site s", "raise sampling", "2 of 6 devices anomalous at once"), new(default, "fleet", "train anomaly", "labels")],
            Details = [
                new("d1", new PumpAdviceAnswer("pump of d1", "leak", 0.83, ["Pressure is 3.0 scales below its healthy level"])), new("d2", null)],
            Rollouts =
            [
                Rollout("completed", new RolloutDeviceAnswer("d1", true, false, 3, "sha256:a", null),
                    new RolloutDeviceAnswer("d2", true, false, 3, "sha256:a", null)),
                Rollout("restored", new RolloutDeviceAnswer("d1", true, true, 3, "sha256:a", null)),
            ],
        });
        Assert.Equal(
            new ServiceFact(
                42, "told 42 events over the WebSocket (40 TelemetryReceived, 2 AlarmChanged), served the dashboard (2048 bytes of page)"),
                facts["integration"]);
        Assert.Equal(
            new ServiceFact(20, "joined late truth to 20 windows of 2 models, 17 of them judged right; remembers 0 alarms"), facts["feedback"]);
        Assert.Equal(
            new ServiceFact(
                1, "the fleet's agent decided 1 times; the site's raised sampling 1 times, lowered it 0 times, last because 2 of 6 devices anomalous at once"), facts["reasoning"]);
        Assert.Equal(
            new ServiceFact(
                1, "read the newest alarmed window of 1 devices; pump of d1: leak (0.83), since Pressure is 3.0 scales below its healthy level"),
                facts["specialized"]);
        Assert.Equal(new ServiceFact(3, "1 rollouts completed, 1 restored; 3 swaps seen, 1 taken back"), facts["redistribution"]);
    }

    private static RolloutAnswer Rollout(string state, params RolloutDeviceAnswer[] devices) => new(
        "r", new RolloutRequestAnswer("sha256:a", "fleet", "why", null), state, [new RolloutGroupAnswer("canary", "passed", devices, null)], [],
        default, null, [], []);
}
