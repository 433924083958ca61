using Cloud.Hub.Reasoning.Contract;
using Hmas.Contracts.Facts;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Reasoning;

public class SiteAgentTests
{
    [Fact]
    public async Task An_incident_that_happened_while_no_hub_ran_raises_sampling_of_the_whole_site()
    {
        await using var scene = new ReasoningScene();
        scene.Fleet.Add("elsewhere", siteId: "other");
        Incident(scene);
        await using var hub = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(hub, "raise sampling");
        Assert.All(["pump-1", "pump-2", "pump-3"], pump => Assert.Equal(4, scene.BoostOf(pump)));
        Assert.Equal(1, scene.BoostOf("elsewhere"));
        var situation = Assert.Single(await hub.Get<IAgents>().SitesAsync(default), static site => site.SiteId == "site");
        Assert.Equal((2, 4), (situation.Anomalous, situation.SamplingBoost));
    }

    [Fact]
    public async Task A_hub_that_starts_again_lowers_what_the_one_before_raised()
    {
        await using var scene = new ReasoningScene();
        Incident(scene);
        await using (var first = await scene.StartAsync()) await ReasoningScene.DecidedAsync(first, "raise sampling");
        scene.Alarm("pump-2", "a2", raised: false);
        await using var second = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(second, "lower sampling");
        Assert.Equal(1, scene.BoostOf("pump-1"));
        Assert.Single(await ReasoningScene.DecisionsAsync(second), static decision => decision.Decision == "raise sampling");
    }

    [Fact]
    public async Task The_calm_passes_also_in_a_hub_that_starts_again_and_hears_nothing_more()
    {
        await using var scene = new ReasoningScene();
        Incident(scene);
        await using (var first = await scene.StartAsync(("CalmBeforeLowering", "01:00:00")))
        {
            await ReasoningScene.DecidedAsync(first, "raise sampling");
            scene.Alarm("pump-2", "a2", raised: false);
            await UntilAnomalousAsync(first, 1);
        }

        await using var second = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(second, "lower sampling");
        Assert.Equal(1, scene.BoostOf("pump-1"));
    }

    [Fact]
    public async Task A_device_that_cannot_be_told_is_told_again_until_it_is()
    {
        await using var scene = new ReasoningScene();
        var left = 3;
        scene.Fleet.Boosting = (device, _) =>
        {
            if (device == "pump-2" && Interlocked.Decrement(ref left) >= 0) throw new TimeoutException("the twin does not answer");
        };
        Incident(scene);
        await using var hub = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(hub, "raise sampling");
        Assert.All(["pump-1", "pump-2", "pump-3"], pump => Assert.Equal(4, scene.BoostOf(pump)));
        Assert.Single(await ReasoningScene.DecisionsAsync(hub));
    }

    [Fact]
    public async Task A_device_that_went_away_with_an_open_alarm_does_not_hold_sampling_up()
    {
        await using var scene = new ReasoningScene();
        Incident(scene);
        await using var hub = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(hub, "raise sampling");
        scene.Fleet.SetOnline("pump-2", false);
        await ReasoningScene.DecidedAsync(hub, "lower sampling");
    }

    [Fact]
    public async Task A_device_whose_program_was_killed_under_alarm_ends_it_with_its_next_run()
    {
        await using var scene = new ReasoningScene();
        Incident(scene);
        await using var hub = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(hub, "raise sampling");
        scene.Run("pump-2", FactKind.RunStarted, "next");
        await ReasoningScene.DecidedAsync(hub, "lower sampling");
    }

    [Fact]
    public async Task A_fact_that_nobody_can_read_keeps_no_agent_from_those_after_it()
    {
        await using var scene = new ReasoningScene();
        scene.Facts.Add("site", "pump-1", FactKind.Alarm, 0, "no alarm"u8.ToArray());
        Incident(scene);
        await using var hub = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(hub, "raise sampling");
    }

    private static void Incident(ReasoningScene scene)
    {
        scene.Alarm("pump-1", "a1");
        scene.Alarm("pump-2", "a2");
    }

    private static Task UntilAnomalousAsync(Host.HubFixture hub, int devices) =>
        Eventually.HoldsAsync(async () => (await hub.Get<IAgents>().SitesAsync(default)).Any(site => site.Anomalous == devices));
}
