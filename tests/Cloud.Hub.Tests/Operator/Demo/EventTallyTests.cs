using Cloud.Hub.Bus;
using Cloud.Hub.Host;
using Cloud.Hub.Tests.Integration;
using Hmas.Testing;
using Operator.Cli.Demo.Site;

namespace Cloud.Hub.Tests.Operator.Demo;

public class EventTallyTests
{
    [Fact]
    public async Task It_counts_what_a_real_hub_tells_and_ends_with_it()
    {
        await using var front = await FrontFixture.StartAsync();
        await using var tally = await EventTally.OpenAsync(front.Hub.Address(HubServices.Front), front.Hub.OperatorToken, default);
        await Eventually.HoldsAsync(() => tally.Counts.ContainsKey("Heartbeat"));
        for (var i = 0; i < 3; i++) front.Hub.Get<EventBus>().Publish(new AgentDecided("fleet", "train", "labels"));
        await Eventually.HoldsAsync(() => tally.Counts.GetValueOrDefault("AgentDecided") == 3);
    }
}
