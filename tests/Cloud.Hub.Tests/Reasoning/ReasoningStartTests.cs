using Cloud.Hub.Bus;
using Cloud.Hub.Host;
using Cloud.Hub.Reasoning;
using Cloud.Hub.Reasoning.Storage;
using Hmas.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Tests.Reasoning;

public sealed class ReasoningStartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("StrategyPeriod", "00:00:00", "Reasoning:StrategyPeriod 00:00:00 must be above 0")]
    [InlineData("IdleLookPeriod", "-00:00:01", "Reasoning:IdleLookPeriod -00:00:01 must be above 0")]
    [InlineData("CalmBeforeLowering", "-00:00:01", "Reasoning:CalmBeforeLowering -00:00:01 is negative")]
    public async Task A_period_that_makes_no_sense_stops_the_start(string setting, string value, string reason)
    {
        await using var scene = new ReasoningScene();
        Assert.Contains(
            reason, (await Assert.ThrowsAsync<OptionsValidationException>(() => scene.StartAsync((setting, value)))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decisions_survive_and_are_given_newest_first()
    {
        await using (var store = Store())
        {
            var book = Book(store);
            for (var i = 1; i <= 3; i++) await book.AddAsync("fleet", $"decision {i}", "because", default);
        }

        await using var reopened = Store();
        Assert.Equal(["decision 3", "decision 2"], Book(reopened).Newest(2).Select(static decision => decision.Decision));
    }

    [Fact]
    public async Task The_place_and_the_sites_survive()
    {
        await using (var store = Store())
        {
            var place = new AgentPlace(store);
            Assert.Equal(0, place.Read());
            await place.MoveAsync(7, ["south", "north"], default);
            await place.MoveAsync(9, ["north"], default);
        }

        await using var reopened = Store();
        Assert.Equal(9, new AgentPlace(reopened).Read());
        Assert.Equal(["north", "south"], new AgentPlace(reopened).Sites());
    }

    private ReasoningStore Store() => new(new HubPaths(_folder.Path), NullLogger<ReasoningStore>.Instance);

    private static DecisionBook Book(ReasoningStore store) => new(
        store, new EventBus(),
        new ReasoningMetrics(
            new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()),
        TimeProvider.System, NullLogger<DecisionBook>.Instance);
}
