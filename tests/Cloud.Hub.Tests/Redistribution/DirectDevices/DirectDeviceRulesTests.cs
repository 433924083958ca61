using Cloud.Hub.Redistribution.DirectDevices;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Redistribution.DirectDevices;

public sealed class DirectDeviceRulesTests
{
    private static readonly DirectDeviceRules Rules = new(1_000);
    private static readonly ModelAssignment Second = Firmware('2');
    private static readonly ModelAssignment Third = Firmware('3');
    private static readonly DirectDevice OnFirst = new() { RunningDigest = Digest('1'), WantsAttributes = false };

    [Fact]
    public void An_update_is_committed_only_when_the_device_shows_the_new_image_after_its_restart()
    {
        var device = Heard(Rules.Polled(OnFirst, Second, 7), DirectFeedback.Proceeding, DirectFeedback.Succeeded);
        Assert.Equal(DirectActionState.Confirming, device.Action!.State);
        Assert.True(device.WantsAttributes);
        Assert.DoesNotContain(device.Pending, static pending => pending.Report.State == SlotState.Committed);

        device = Show(device, '2');
        Assert.Null(device.Action);
        Assert.Equal((SlotState.Committed, Digest('2'), Digest('1')), (device.SlotState, device.RunningDigest, device.PreviousDigest));
        var last = device.Pending[^1];
        Assert.Equal(
            (SlotState.Committed, Digest('2'), Digest('2'), "start-1", 1_000L),
            (last.Report.State, last.Report.Digest, last.Report.AnsweringDigest, last.Report.BootId, last.TimestampUs));
    }

    [Fact]
    public void A_device_that_says_success_and_comes_back_with_the_old_image_has_failed()
    {
        var device = Show(Heard(Rules.Polled(OnFirst, Second, 7), DirectFeedback.Proceeding, DirectFeedback.Succeeded), '1');
        Assert.Equal((SlotState.Returned, "old-image", Digest('1')), (device.SlotState, device.Refusal, device.Pending[^1].Report.AnsweringDigest));
        // Not tried again until something changes …
        Assert.Null(Rules.Polled(device, Second, 7).Action);
        // … and a later wish is.
        Assert.Equal(2, Rules.Polled(device, Second, 8).Action!.Id);
    }

    [Fact]
    public void A_device_that_never_shows_what_it_runs_does_not_block_the_next_update()
    {
        var device = Heard(Rules.Polled(OnFirst, Second, 7), DirectFeedback.Proceeding, DirectFeedback.Succeeded);
        for (var poll = 0; poll < DirectDeviceRules.MaxUnprovenPolls; poll++) device = Rules.Polled(device, Third, 8);
        Assert.Equal(Digest('2'), device.Action!.Wanted.Digest);
        device = Rules.Polled(Rules.Polled(device, Third, 8), Third, 8);
        Assert.Equal(Digest('3'), device.Action!.Wanted.Digest);
        Assert.Contains(device.Pending, static pending => pending.Report is { State: SlotState.Refused, Reason: "unproven" });
    }

    [Fact]
    public void A_failed_installation_is_reported_with_what_still_runs()
    {
        var device = Heard(Rules.Polled(OnFirst, Second, 7), DirectFeedback.Proceeding, DirectFeedback.Failed);
        Assert.Equal((SlotState.Refused, "installer", Digest('1')), (device.SlotState, device.Refusal, device.Pending[^1].Report.AnsweringDigest));
        Assert.Null(device.Action);
    }

    [Fact]
    public void A_wish_that_is_taken_back_is_dropped_before_it_begins_and_called_off_after()
    {
        var offered = Rules.Polled(OnFirst, Second, 7);
        Assert.Null(Rules.Polled(offered, null, 8).Action);
        Assert.Empty(Rules.Polled(offered, null, 8).Pending);

        var called = Rules.Polled(Heard(offered, DirectFeedback.Proceeding), null, 8);
        Assert.Equal(DirectActionState.Cancelling, called.Action!.State);
        var stopped = Rules.HeardOfCancel(called, 1, DirectFeedback.Succeeded, null);
        Assert.Null(stopped.Action);
        Assert.Equal("cancelled", stopped.Refusal);
        Assert.Equal(DirectActionState.Confirming, Rules.HeardOfCancel(called, 1, DirectFeedback.Rejected, null).Action!.State);
    }

    [Fact]
    public void Words_on_an_action_that_is_over_or_never_was_change_nothing()
    {
        var device = Rules.Polled(OnFirst, Second, 7);
        Assert.Same(device, Rules.Heard(device, 99, DirectFeedback.Succeeded, null));
        Assert.Same(device, Rules.HeardOfCancel(device, 1, DirectFeedback.Succeeded, null));
    }

    [Fact]
    public void A_device_that_runs_what_is_wanted_is_told_nothing()
    {
        var device = Rules.Polled(OnFirst, Firmware('1'), 7);
        Assert.Null(device.Action);
        Assert.Equal((SlotState.Committed, 7L), (device.SlotState, device.SettledVersion));
    }

    [Fact]
    public void Facts_are_numbered_without_a_hole_and_dropped_once_the_archive_has_them()
    {
        var device = Show(Heard(Rules.Polled(OnFirst, Second, 7), DirectFeedback.Proceeding, DirectFeedback.Succeeded), '2');
        Assert.Equal([1L, 2L], device.Pending.Select(static pending => pending.Sequence));
        Assert.Equal([2L], DirectDeviceRules.Stored(device, 1).Pending.Select(static pending => pending.Sequence));
    }

    [Theory]
    [InlineData(null, "a=2,b=1,c=3")]
    [InlineData("merge", "a=2,b=1,c=3")]
    [InlineData("replace", "a=2,c=3")]
    [InlineData("remove", "b=1")]
    public void Attributes_are_joined_as_their_mode_says(string? mode, string expected)
    {
        var held = new Dictionary<string, string> { ["a"] = "1", ["b"] = "1" };
        var next = DirectAttributes.Apply(held, mode, new Dictionary<string, string> { ["a"] = "2", ["c"] = "3" });
        Assert.Equal(
            expected,
            string.Join(',', next.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}={pair.Value}")));
    }

    [Fact]
    public void Attributes_beyond_their_bounds_are_refused_by_name()
    {
        var none = new Dictionary<string, string>();
        Refused("mode 'grow'", "grow", none);
        Refused("data.long", null, new Dictionary<string, string> { ["long"] = new('x', DirectAttributes.MaxValue + 1) });
        Refused("name of 0", null, new Dictionary<string, string> { [""] = "x" });
        Refused("65 attributes", null, Enumerable.Range(0, 65).ToDictionary(static i => $"n{i}", static _ => ""));

        void Refused(string says, string? mode, Dictionary<string, string> sent) =>
            Assert.Contains(says, Assert.Throws<FormatException>(() => DirectAttributes.Apply(none, mode, sent)).Message, StringComparison.Ordinal);
    }

    private static DirectDevice Heard(DirectDevice device, params DirectFeedback[] feedback) =>
        feedback.Aggregate(device, static (device, said) => Rules.Heard(device, device.LastActionId, said, null));

    private static DirectDevice Show(DirectDevice device, char image) =>
        Rules.Showed(device, new Dictionary<string, string> { ["image"] = $"os:{image}" }, Digest(image));

    private static ModelAssignment Firmware(char image) => new()
    {
        Kind = ArtefactKind.Firmware, Digest = Digest(image), Name = "os", Release = image - '0', PackageBytes = 10, Url = "/artefacts/x",
        RolloutId = "r1",
    };

    private static string Digest(char image) => $"sha256:{new string(image, 64)}";
}
