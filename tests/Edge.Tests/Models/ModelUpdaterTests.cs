using System.Runtime.InteropServices;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Inference;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Models;

/// <summary>Good and bad models on their way through the slots of a device whose release 2 answers.</summary>
public sealed class ModelUpdaterTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly SigningKey _stranger = SigningKey.Create();
    private UpdaterRig _rig = null!;
    private ModelAssignment _first = null!;

    public async Task InitializeAsync()
    {
        _rig = new UpdaterRig(_folder.Path, _key);
        _rig.Start();
        _rig.Play(60);
        _first = _rig.Offer(2);
        await _rig.PlayUntilAsync(_first, SlotState.Committed);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    public void Dispose()
    {
        _key.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("another digest", "digest-mismatch")]
    [InlineData("another signer", "signature")]
    [InlineData("half a package", "download")]
    [InlineData("another shape", "shape")]
    [InlineData("an unknown op", "runtime")]
    [InlineData("half a graph", "runtime")]
    [InlineData("scores that are no numbers", "probe")]
    [InlineData("answers other than recorded", "probe")]
    [InlineData("another channel", "channels")]
    [InlineData("another rate", "channels")]
    [InlineData("another hardware class", "hardware")]
    [InlineData("an older release", "older-release")]
    public async Task A_bad_model_is_refused_with_its_reason_while_the_old_one_answers_and_the_next_good_one_is_taken(string bad, string reason)
    {
        var refused = await _rig.PlayUntilAsync(OfferBad(bad), SlotState.Refused, SlotState.Committed);
        Assert.Equal((SlotState.Refused, reason), (refused.State, refused.Reason));
        Assert.False(string.IsNullOrEmpty(refused.Detail));
        Assert.Equal(_first.Digest, _rig.Answering);

        var good = _rig.Offer(4);
        await _rig.PlayUntilAsync(good, SlotState.Committed);
        Assert.Equal(good.Digest, _rig.Answering);
    }

    /// <summary>The hub says the same on every connect.</summary>
    [Fact]
    public async Task A_model_that_failed_is_not_tried_again_until_its_assignment_changes()
    {
        var bad = OfferBad("an unknown op");
        await _rig.PlayUntilAsync(bad, SlotState.Refused);
        await _rig.DisposeAsync();
        _rig = new UpdaterRig(_folder.Path, _key);
        _rig.Assign(bad);
        // What waits is worked off before this returns.
        _rig.Start();
        Assert.Equal(0, _rig.Fetches);
        Assert.False(_rig.Told(step => step.Digest == bad.Digest));
        _rig.Play(60);
        await _rig.PlayUntilAsync(bad with { Attempt = 1 }, SlotState.Refused);
        Assert.Equal(1, _rig.Fetches);
    }

    [Fact]
    public async Task A_model_whose_scores_break_in_its_health_window_goes_back_to_the_one_before()
    {
        var sick = _rig.Offer(3) with { HealthWindows = 1_000_000 };
        await _rig.PlayUntilAsync(sick, SlotState.Active);
        // The residual's square is beyond a float: the score is no number, whatever the model.
        _rig.Scale = 1e30f;
        var returned = await _rig.PlayOnUntilAsync(sick, SlotState.Returned);
        Assert.Equal(("health", _first.Digest), (returned.Reason, returned.AnsweringDigest));
        Assert.Equal((_first.Digest, true), (_rig.Answering, _rig.Slots.Current.Committed));
    }

    [Fact]
    public async Task The_step_into_the_active_slot_tells_the_whole_comparison_with_the_model_before()
    {
        var next = _rig.Offer(3);
        var active = await _rig.PlayUntilAsync(next, SlotState.Active);
        Assert.Equal(next.Digest, active.Shadow!.Digest);
        Assert.True(active.Shadow.Compared >= next.ShadowWindows, $"{active.Shadow.Compared} compared");
        Assert.NotNull(active.Shadow.ActiveAlarms);
    }

    [Fact]
    public async Task A_model_whose_scores_break_in_shadow_never_answers()
    {
        var sick = _rig.Offer(3) with { ShadowWindows = 1000 };
        await _rig.PlayUntilAsync(sick, SlotState.Shadowing);
        _rig.Scale = 1e30f;
        var refused = await _rig.PlayOnUntilAsync(sick, SlotState.Refused, SlotState.Active);
        Assert.Equal((SlotState.Refused, "shadow"), (refused.State, refused.Reason));
        Assert.Equal(_first.Digest, _rig.Answering);
    }

    [Fact]
    public async Task A_model_under_which_the_program_grows_too_much_never_answers()
    {
        await _rig.DisposeAsync();
        _rig = new UpdaterRig(_folder.Path, _key, maxShadowBytes: 32 << 20);
        _rig.Start();
        _rig.Play(60);
        var large = _rig.Offer(3) with { ShadowWindows = 200 };
        await _rig.PlayUntilAsync(large, SlotState.Shadowing);
        var grown = new byte[256 << 20];
        Array.Fill<byte>(grown, 1);
        var refused = await _rig.PlayOnUntilAsync(large, SlotState.Refused, SlotState.Active);
        GC.KeepAlive(grown);
        Assert.Equal((SlotState.Refused, "shadow"), (refused.State, refused.Reason));
        Assert.StartsWith("the program grew by", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(_first.Digest, _rig.Answering);
    }

    [Fact]
    public async Task A_swap_misses_no_window_and_says_how_long_it_took()
    {
        var active = await _rig.PlayUntilAsync(_rig.Offer(3), SlotState.Active);
        Assert.Equal(0, active.MissedWindows);
        Assert.True(active.SwapMs > 0, $"swap took {active.SwapMs} ms");
    }

    [Fact]
    public async Task A_classifier_takes_the_place_of_a_detector_by_the_same_steps()
    {
        var classifier = _rig.Offer(3, "classes", change: FixturePackage.AsClassifier);
        await _rig.PlayUntilAsync(classifier, SlotState.Committed);
        Assert.Equal(classifier.Digest, _rig.Answering);
        Assert.Equal(
            [SlotState.Downloading, SlotState.Verified, SlotState.Probed, SlotState.Shadowing, SlotState.Active, SlotState.Committed],
            _rig.Steps.Where(step => step.Digest == classifier.Digest).Select(step => step.State));
    }

    [Fact]
    public async Task A_model_that_answers_its_recorded_rows_as_it_did_in_the_hub_goes_on_to_the_live_ones()
    {
        var good = _rig.Offer(3, change: manifest => Recorded(manifest, static answer => answer));
        await _rig.PlayUntilAsync(good, SlotState.Committed, SlotState.Refused);
        Assert.Equal(good.Digest, _rig.Answering);
    }

    [Fact]
    public async Task Three_starts_without_a_commit_and_the_model_before_is_back()
    {
        await _rig.PlayUntilAsync(_rig.Offer(3) with { HealthWindows = 1_000_000 }, SlotState.Active);
        await _rig.DisposeAsync();
        for (var i = 0; i < 4; i++)
        {
            _rig = new UpdaterRig(_folder.Path, _key);
            _rig.Start();
            if (i == 3) break;
            Assert.Equal(3, _rig.Slots.Current.Active?.Release);
            await _rig.DisposeAsync();
        }

        Assert.Equal(_first.Digest, _rig.Answering);
        Assert.Equal((SlotState.Returned, "health"), (_rig.Steps[^1].State, _rig.Steps[^1].Reason));
    }

    [Fact]
    public async Task A_full_disk_is_told_once_and_the_model_is_taken_when_there_is_room_again()
    {
        var clock = new FakeTimeProvider();
        await RestartAsync(clock);
        _rig.IsDiskFull = true;
        var third = _rig.Offer(3);
        var refused = await _rig.PlayUntilAsync(third, SlotState.Refused);
        Assert.Equal((SlotReasons.Storage, SlotReasonClass.Storage, _first.Digest), (refused.Reason, refused.ReasonClass, refused.AnsweringDigest));
        for (var i = 0; i < 200; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        _rig.IsDiskFull = false;
        var committed = await _rig.PlayOnUntilAsync(third, SlotState.Committed);
        Assert.Equal((third.Digest, third.Digest), (committed.AnsweringDigest, _rig.Answering));
        Assert.Single(_rig.Steps, step => step.Reason == SlotReasons.Storage);
    }

    [Fact]
    public async Task A_machine_that_stands_still_is_idle_and_its_model_neither_proven_nor_failed()
    {
        var clock = new FakeTimeProvider();
        await RestartAsync(clock);
        var third = _rig.Offer(3) with { HealthWindows = 3000 };
        await _rig.PlayUntilAsync(third, SlotState.Active);
        while (!_rig.Told(step => step.ReasonClass == SlotReasonClass.Idle))
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        await _rig.PlayOnUntilAsync(third, SlotState.Committed);
    }

    [Fact]
    public async Task Reports_of_a_boot_are_counted_and_name_the_digest_that_answers()
    {
        await _rig.PlayUntilAsync(_rig.Offer(3), SlotState.Committed);
        Assert.Equal(Enumerable.Range(1, _rig.Steps.Count).Select(i => (long)i), _rig.Steps.Select(step => step.Counter));
        Assert.All(_rig.Steps, step => Assert.Equal(step.State >= SlotState.Active, step.AnsweringDigest == step.Digest));
    }

    private async Task RestartAsync(TimeProvider time)
    {
        await _rig.DisposeAsync();
        _rig = new UpdaterRig(_folder.Path, _key, time: time);
        _rig.Start();
        _rig.Play(60);
    }

    /// <summary>With a probe of two windows, recorded as the fixture model answers them.</summary>
    private static ModelManifest Recorded(ModelManifest manifest, Func<float, float> change)
    {
        var values = Enumerable.Range(0, (FixturePackage.CalibrationRows + 16) * 2).Select(i => MathF.Sin(i * 0.7f) + (i % 5)).ToArray();
        var rows = MemoryMarshal.AsBytes<float>(values).ToArray();
        using var recorder = new Detector(manifest, FixturePackage.Onnx("half"), new SessionSettings());
        var answers = ProbeRun.Answers(recorder, FixturePackage.CalibrationRows, rows);
        return manifest
            with { Probe = new RecordedProbe { CalibrationRows = FixturePackage.CalibrationRows, Rows = rows, Answers = [.. answers.Select(change)],
                Tolerance = 1e-3 } };
    }

    private ModelAssignment OfferBad(string bad)
    {
        switch (bad)
        {
            case "another digest":
                var swapped = _rig.Offer(3);
                File.Copy(_rig.PathOf(_first.Digest), _rig.PathOf(swapped.Digest), overwrite: true);
                return swapped;
            case "half a package":
                var cut = _rig.Offer(3);
                var bytes = File.ReadAllBytes(_rig.PathOf(cut.Digest));
                File.WriteAllBytes(_rig.PathOf(cut.Digest), bytes[..(bytes.Length - 40)]);
                return cut;
            case "another signer": return _rig.Offer(3, key: _stranger);
            case "another shape": return _rig.Offer(3, "wrong_shape");
            case "an unknown op": return _rig.Offer(3, "unknown_op");
            case "half a graph": return _rig.Offer(3, "truncated");
            case "scores that are no numbers": return _rig.Offer(3, "nan");
            case "answers other than recorded": return _rig.Offer(3, change: manifest => Recorded(manifest, answer => answer * 1.5f));
            case "another channel": return _rig.Offer(3, change: manifest => manifest with { Channels = ["a", "c"] });
            case "another rate": return _rig.Offer(3, change: manifest => manifest with { RateHz = 100 });
            case "another hardware class": return _rig.Offer(3, change: manifest => manifest with { HardwareClasses = ["rpi4", "rpi5"] });
            default: return _rig.Offer(1);
        }
    }
}
