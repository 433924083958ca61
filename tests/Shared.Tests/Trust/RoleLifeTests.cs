using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Shared.Tests.Trust;

public sealed class RoleLifeTests
{
    private static readonly DateTimeOffset Expires = new(2026, 12, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("root", true, 31, null)]
    [InlineData("root", true, 30, "root of the images repository expires in 30 days: hmas keys rotate root")]
    [InlineData("targets", true, 3.5, "targets of the images repository expires in 3 days: hmas keys sign")]
    [InlineData("targets", true, 0.25, "targets of the images repository expires in 6 hours: hmas keys sign")]
    [InlineData("targets", true, 0, "targets of the images repository has expired, and devices take nothing new: hmas keys sign")]
    [InlineData("targets", true, -9, "targets of the images repository has expired, and devices take nothing new: hmas keys sign")]
    [InlineData("targets", false, 8, null)]
    [InlineData("targets", false, 7, "targets of the images repository expires in 7 days: the hub renews it by itself and has not, see its log")]
    [InlineData("snapshot", false, 8, null)]
    [InlineData("snapshot", false, 6.9, "snapshot of the images repository expires in 6 days: the hub renews it by itself and has not, see its log")]
    [InlineData("timestamp", false, 0.3, null)]
    [InlineData(
        "timestamp", false, 0.2, "timestamp of the images repository expires in 5 hours: the hub renews it by itself and has not, see its log")]
    [InlineData("pump", true, 31, null)]
    [InlineData("pump", true, 3, "pump of the images repository expires in 3 days: hmas keys sign --role pump")]
    public void A_role_is_warned_of_as_early_as_those_who_renew_it_need(string role, bool byHand, double daysLeft, string? warning)
    {
        var life = new RoleLife("images", role, new RoleHeader(role, 3, Expires), byHand);
        var now = Expires - TimeSpan.FromDays(daysLeft);
        Assert.Equal(warning, life.Warning(now));
        Assert.Equal(warning is not null, life.IsDue(now));
        Assert.Equal(daysLeft, life.Left(now).TotalDays, 9);
    }
}
