using Cloud.Hub.Redistribution;
using Cloud.Hub.Redistribution.Rollouts.Pace;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public sealed class FleetBandwidthTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Over_an_hour_no_more_is_spent_than_the_rate_whoever_asks_and_however_large_a_package_is()
    {
        var bandwidth = new FleetBandwidth(new RedistributionOptions { BytesPerSecond = 1_000 });
        long spent = 0;
        for (var second = 0; second < 3_600; second++)
        {
            // Two rollouts at each look: one of small packages, one of large ones.
            foreach (var package in (long[])[300, 50_000])
            {
                if (bandwidth.Left(Start.AddSeconds(second)) == 0) continue;
                bandwidth.Spend(package);
                spent += package;
            }
        }

        Assert.InRange(spent, 3_500_000, 3_600_000 + 50_000);
    }

    [Fact]
    public void Nothing_is_saved_up_beyond_one_look_and_without_a_limit_there_is_none()
    {
        var bandwidth = new FleetBandwidth(new RedistributionOptions { BytesPerSecond = 1_000 });
        Assert.Equal(1_000, bandwidth.Left(Start));
        Assert.Equal(1_000, bandwidth.Left(Start.AddHours(1)));
        bandwidth.Spend(2_500);
        Assert.Equal(0, bandwidth.Left(Start.AddHours(1).AddSeconds(1)));
        Assert.Equal(500, bandwidth.Left(Start.AddHours(1).AddSeconds(2)));
        Assert.Equal(long.MaxValue, new FleetBandwidth(new RedistributionOptions()).Left(Start));
    }
}
