using System.Globalization;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Pace;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public class MaintenanceHoursTests
{
    private static readonly MaintenanceWindow Night = new(new TimeOnly(22, 0), 240, "Europe/Berlin");
    private static readonly MaintenanceWindow HalfPastTwo = new(new TimeOnly(2, 30), 60, "Europe/Berlin");

    [Theory]
    [InlineData("2026-01-10T20:59:00Z", false)]
    [InlineData("2026-01-10T21:00:00Z", true)]
    [InlineData("2026-01-11T00:59:00Z", true)]
    [InlineData("2026-01-11T01:00:00Z", false)]
    public void A_window_across_midnight_goes_by_the_clock_of_its_zone(string now, bool isOpen) => Assert.Equal(isOpen, IsOpen(Night, now));

    /// <summary>On 29 March 2026 Berlin's clock goes from 02:00 to 03:00: half past two does not exist.</summary>
    [Theory]
    [InlineData("2026-03-29T00:59:00Z", false)]
    [InlineData("2026-03-29T01:00:00Z", true)]
    [InlineData("2026-03-29T01:59:00Z", true)]
    [InlineData("2026-03-29T02:00:00Z", false)]
    public void A_window_in_the_hour_that_is_skipped_opens_when_the_skip_ends_and_stays_as_long(string now, bool isOpen) =>
        Assert.Equal(isOpen, IsOpen(HalfPastTwo, now));

    /// <summary>On 25 October 2026 half past two comes twice.</summary>
    [Theory]
    [InlineData("2026-10-25T00:29:00Z", false)]
    [InlineData("2026-10-25T00:30:00Z", true)]
    [InlineData("2026-10-25T01:29:00Z", true)]
    [InlineData("2026-10-25T01:30:00Z", false)]
    public void A_window_in_the_hour_that_comes_twice_opens_once(string now, bool isOpen) => Assert.Equal(isOpen, IsOpen(HalfPastTwo, now));

    [Fact]
    public void It_opens_on_its_days_and_until_its_last_one()
    {
        var saturdays = Night with { Days = [DayOfWeek.Saturday], Until = new DateOnly(2026, 1, 17) };
        Assert.True(IsOpen(saturdays, "2026-01-11T00:30:00Z"));
        Assert.False(IsOpen(saturdays, "2026-01-11T21:30:00Z"));
        Assert.True(IsOpen(saturdays, "2026-01-17T21:30:00Z"));
        Assert.False(IsOpen(saturdays, "2026-01-24T21:30:00Z"));
    }

    [Fact]
    public void A_site_without_a_window_stays_closed_and_is_named()
    {
        var north = Night with { Site = "north-*" };
        Assert.True(MaintenanceHours.IsOpen([north], "north-1", At("2026-01-10T22:00:00Z")));
        Assert.False(MaintenanceHours.IsOpen([north], "south", At("2026-01-10T22:00:00Z")));
        Assert.Equal("south", MaintenanceHours.ClosedSite([north], ["north-1", "south"]));
        Assert.Null(MaintenanceHours.ClosedSite([], ["south"]));
        Assert.True(MaintenanceHours.IsOpen([], "south", At("2026-01-10T12:00:00Z")));
    }

    [Fact]
    public void A_window_that_never_opens_is_a_fault()
    {
        var now = At("2026-01-20T12:00:00Z");
        Assert.Equal(
            "windows[1]: it never opens: its last day is 2026-01-19",
            MaintenanceHours.Fault([Night, Night with { Until = new DateOnly(2026, 1, 19), Days = [DayOfWeek.Monday] }], now));
        Assert.Equal("windows[0].minutes: 0 is outside 1 to 1440", MaintenanceHours.Fault([Night with { Minutes = 0 }], now));
        Assert.Equal(
            "windows[0].timeZone: 'Europe/Nowhere' is no IANA time zone", MaintenanceHours.Fault([Night with { TimeZone = "Europe/Nowhere" }], now));
        Assert.Null(MaintenanceHours.Fault([Night, HalfPastTwo], now));
    }

    private static bool IsOpen(MaintenanceWindow window, string now) => MaintenanceHours.IsOpen([window], "site", At(now));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
