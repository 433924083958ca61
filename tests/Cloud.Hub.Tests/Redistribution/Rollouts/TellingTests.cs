using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

/// <summary>Which devices are told, and when.</summary>
public class TellingTests
{
    [Fact]
    public void Devices_are_told_at_the_pace_that_grows_with_what_went_well()
    {
        var scene = new RolloutScene(
            40, adjust: static request => request with { Groups = [new("all")], Pace = new RolloutPace(2, Factor: 3, EveryCommitted: 5) });
        var told = new List<int>();
        for (var minute = 0; minute < 6; minute++)
        {
            scene.Look();
            scene.ObeyAll();
            scene.Look();
            told.Add(scene.Told.Count());
            scene.Now += TimeSpan.FromMinutes(1);
        }

        // One to begin with, two a minute, six from the fifth committed on, eighteen from the tenth.
        Assert.Equal([1, 3, 5, 11, 29, 40], told);
    }

    [Fact]
    public void No_more_devices_are_told_than_can_fetch_the_package_at_the_fleets_rate()
    {
        var scene = new RolloutScene(
            40, adjust: static request => request with { Groups = [new("all")], Pace = new RolloutPace(1_000, BytesPerSecond: 100) });
        scene.Rollout = scene.Rollout with { PackageBytes = 3_000 };
        scene.Look();
        scene.Now += TimeSpan.FromMinutes(2);
        scene.Look();
        Assert.Equal(1 + 4, scene.Told.Count());
    }

    [Fact]
    public void No_device_is_told_before_the_time_that_was_set()
    {
        var scene = new RolloutScene(3, adjust: static request => request with { NotBefore = DateTimeOffset.UnixEpoch.AddHours(2) });
        Assert.Empty(scene.Look());
        scene.Now += TimeSpan.FromHours(2);
        Assert.Single(scene.Look());
    }

    [Fact]
    public void Devices_are_told_only_while_a_window_of_their_site_is_open()
    {
        var scene = new RolloutScene(2, adjust: static request => request with
        {
            Groups = [new("all")], Windows = [new MaintenanceWindow(new TimeOnly(2, 0), 60, "Etc/UTC", "north")],
        });
        scene.Twins["d0"] = scene.Twins["d0"] with { SiteId = "north" };
        scene.Twins["d1"] = scene.Twins["d1"] with { SiteId = "south" };
        Assert.Empty(scene.Look());
        scene.Now += TimeSpan.FromHours(2);
        Assert.Equal("d0", Assert.Single(scene.Look()).DeviceId);
    }

    [Fact]
    public void Devices_that_could_not_get_the_package_are_told_once_more_and_those_that_refused_the_model_are_not()
    {
        var scene = new RolloutScene(10, adjust: static request => request with { Groups = [new("all", 1)] });
        Assert.Equal(10, scene.Look().Count);
        Assert.Same(scene.Rollout, RolloutOrders.Command(scene.Rollout, RolloutCommand.Retry, "op", scene.Now));
        scene.Report("d1", SlotState.Refused, RolloutScene.New, RolloutScene.Old, "download");
        scene.Twins["d1"] = scene.Twins["d1"] with { SlotState = SlotState.Refused, IsUpToDate = true };
        scene.Report("d2", SlotState.Refused, RolloutScene.New, RolloutScene.Old, "probe");
        scene.Look();
        scene.Now += TimeSpan.FromMinutes(5);
        scene.Command(RolloutCommand.Retry);
        Assert.Equal([new WantedModel("d1", RolloutScene.New, false, Attempt: 1, ShadowWindows: 50)], scene.Look());
        Assert.Empty(scene.Look());
        Assert.Equal(scene.Now, scene.Rollout.Groups[0].Since);
        var (told, failed) = (
            scene.Rollout.Devices.Single(static device => device.DeviceId == "d1"),
            scene.Rollout.Devices.Single(static device => device.DeviceId == "d2"));
        Assert.Equal((null, null), (told.State, told.Reason));
        Assert.Equal((SlotState.Refused, "probe"), (failed.State, failed.Reason));
    }
}
