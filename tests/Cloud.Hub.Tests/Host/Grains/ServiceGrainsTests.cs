using Cloud.Hub.Host;
using Cloud.Hub.Host.Grains;
using Cloud.Hub.Reasoning.Fleet;
using Cloud.Hub.Reasoning.Sites;
using Cloud.Hub.Redistribution.Rollouts;

namespace Cloud.Hub.Tests.Host.Grains;

public class ServiceGrainsTests
{
    [Fact]
    public void A_silo_takes_grains_of_its_own_services_and_of_no_service_only()
    {
        HashSet<Type> classes = [typeof(SiteAgent), typeof(FleetAgent), typeof(RolloutGrain), typeof(string)];
        ServiceGrains.Keep(classes, [HubServices.Redistribution, HubServices.Memory]);
        Assert.Equal([typeof(RolloutGrain), typeof(string)], classes);
    }

    [Fact]
    public async Task A_hub_without_reasoning_is_given_no_agent()
    {
        await using var hub = await HubFixture.StartAsync("memory,communication");
        var grains = hub.Get<IGrainFactory>();
        var refused = await Assert.ThrowsAsync<ArgumentException>(async () => await grains.GetGrain<ISiteAgent>("site-1").SituationAsync());
        Assert.Contains("hmas.site-agent", refused.Message, StringComparison.Ordinal);
    }
}
