using Cloud.Hub.Bus;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Integration;
using Hmas.Testing;
using NSubstitute;

namespace Cloud.Hub.Tests.Operator;

/// <summary>What the dashboard shows, from a terminal: a real hub's front over doors that show a simulated fleet.</summary>
public sealed class FleetGlanceTests : IAsyncLifetime
{
    private FrontFixture _front = null!;
    private SimulatedSite _site = null!;

    public async Task InitializeAsync()
    {
        _front = await FrontFixture.StartAsync();
        _site = new SimulatedSite(_front.Doors, _front.Hub.Get<EventBus>(), TimeProvider.System.GetUtcNow());
    }

    public async Task DisposeAsync() => await _front.DisposeAsync();

    [Fact]
    public async Task An_alarm_is_listed_with_its_reasons_and_answered()
    {
        var (code, said) = await RunAsync("alarms");
        Assert.True(code == 0, said);
        var line = Assert.Single(said.Split('\n'), static line => line.StartsWith("a-2 ", StringComparison.Ordinal));
        Assert.Contains("49 s", line, StringComparison.Ordinal);
        Assert.Contains("anomaly score 2.40 is above 1.93 for 6 windows", line, StringComparison.Ordinal);
        line = Assert.Single(said.Split('\n'), static line => line.StartsWith("a-3 ", StringComparison.Ordinal));
        Assert.Contains("still raised", line, StringComparison.Ordinal);
        Assert.Equal((0, "a-2 is leak\n"), await RunAsync("alarms", "acknowledge", "a-2", "leak"));
        Assert.Equal([("a-2", "leak")], _site.Answers);
        (code, said) = await RunAsync("alarms", "acknowledge", "a-2", "leak");
        Assert.Equal(1, code);
        Assert.Contains("there is none called 'a-2'", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fleet_is_seen_at_a_glance_with_what_somebody_must_do()
    {
        _front.Doors.Trust.RolesAsync(default)
            .ReturnsForAnyArgs([new TrustRole("images", "root", 3, SampleFleet.Noon, true, "root expires in 12 days: hmas keys rotate root")]);
        var (code, said) = await RunAsync("fleet");
        Assert.True(code == 0, said);
        Assert.Contains("a common supply is likely", said, StringComparison.Ordinal);
        Assert.Contains("pump-anomaly 1 on 5 devices", said, StringComparison.Ordinal);
        Assert.Contains("3 open alarms: ./hmas alarms", said, StringComparison.Ordinal);
        Assert.Contains("TO DO: root expires in 12 days: hmas keys rotate root", said, StringComparison.Ordinal);
    }

    private Task<(int Code, string Said)> RunAsync(params string[] arguments) =>
        OperatorProgram.RunAsync(OperatorProgram.Knowing(_front.Hub.Address("front"), _front.Hub.Folder), arguments);
}
