using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Devices;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Communication;

public sealed class RulesTests
{
    [Theory]
    [InlineData(true, 8, "boot", 20, true)]
    [InlineData(false, 7, "boot", 20, true)]
    [InlineData(false, 6, "boot", 20, false)]
    [InlineData(true, 6, "boot", 20, false)]
    [InlineData(true, 1, "other", 20, true)]
    [InlineData(false, 1, "other", 20, false)]
    [InlineData(true, 1, "other", 5, false)]
    public void A_word_on_presence_is_news_unless_its_session_is_over(bool online, long session, string boot, long timestampUs, bool news) =>
        Assert.Equal(news, TwinRules.IsNews(new Presence(true, 7, "boot", 10), new Presence(online, session, boot, timestampUs)));

    [Fact]
    public void Each_change_of_the_desired_state_is_one_version_on()
    {
        var first = TwinRules.Next(null, 0, desired => desired with { SamplingBoost = 2 });
        Assert.Equal((1, 2), (first.Version, first.SamplingBoost));
        Assert.Equal(2, TwinRules.Next(first, 0, desired => desired with { Version = 99 }).Version);
    }

    [Fact]
    public void A_hub_that_lost_its_state_counts_on_from_the_version_that_the_device_follows() =>
        Assert.Equal(18, TwinRules.Next(null, 17, desired => desired).Version);

    [Fact]
    public void A_report_in_which_only_counters_and_time_differ_is_no_change()
    {
        var held = Report(desiredVersion: 1);
        Assert.False(TwinRules.IsChange(held, Report(desiredVersion: 1) with { TimestampUs = 99, Counters = new DeviceCounters { Samples = 5 } }));
        Assert.True(TwinRules.IsChange(null, held));
        Assert.True(TwinRules.IsChange(held, held with { ActiveDigest = "sha256:aa" }));
        Assert.True(TwinRules.IsChange(held, held with { Channels = [] }));
        Assert.True(TwinRules.IsChange(held, held with { Tags = new Dictionary<string, string> { ["line"] = "bottling" } }));
        Assert.True(TwinRules.IsChange(held, held with { DesiredVersion = 2 }));
    }

    [Fact]
    public void A_client_above_its_rate_is_held_until_its_allowance_has_grown_again()
    {
        var allowance = new PublishAllowance(messagesPerSecond: 10, bytesPerSecond: 1000, now: TimeSpan.Zero);
        for (var i = 0; i < 10; i++) Assert.Equal(TimeSpan.Zero, allowance.Take(1, TimeSpan.Zero));
        Assert.Equal(0.1, allowance.Take(1, TimeSpan.Zero).TotalSeconds, 3);
        Assert.Equal(TimeSpan.Zero, allowance.Take(1, TimeSpan.FromSeconds(2)));
        Assert.Equal(1, allowance.Take(1999, TimeSpan.FromSeconds(2)).TotalSeconds, 2);
    }

    private static ReportedState Report(long desiredVersion) => new()
    {
        DesiredVersion = desiredVersion,
        BootId = "boot",
        AgentVersion = "1",
        Session = 1,
        SlotState = Hmas.Contracts.Models.SlotState.Empty,
        Channels = [new Hmas.Contracts.Sensing.SensorChannel("pressure", "bar")],
        Counters = new DeviceCounters(),
        TimestampUs = 10,
    };
}
