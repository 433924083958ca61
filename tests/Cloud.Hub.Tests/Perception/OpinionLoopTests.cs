using Cloud.Hub.Redistribution.Contract;
using Grpc.Core;
using Hmas.Contracts.Facts;
using Hmas.Testing;
using NSubstitute;

namespace Cloud.Hub.Tests.Perception;

public class OpinionLoopTests
{
    [Fact]
    public async Task The_teacher_agrees_with_a_quiet_window_and_disagrees_with_a_wild_one_that_raised_no_alarm()
    {
        using var scene = new PerceptionScene();
        await scene.AddTeacherAsync();
        await using var hub = await scene.StartAsync();
        scene.Calibrate("run", hub);
        var quiet = await scene.OpinionAsync(hub, scene.Window("run", 10, 1));
        Assert.True(quiet is { Agrees: true, TeacherScore: < 1 }, $"{quiet}");
        var wild = await scene.OpinionAsync(hub, scene.Window("run", 11, 30));
        Assert.True(wild is { Agrees: false, TeacherScore: > 1 }, $"{wild}");
        var alarmed = await scene.OpinionAsync(hub, scene.Window("run", 12, 30, ExperienceReasons.Alarm));
        Assert.True(alarmed.Agrees, $"{alarmed}");
    }

    [Fact]
    public async Task A_run_that_was_calibrated_before_the_hub_started_gets_opinions()
    {
        using var scene = new PerceptionScene();
        await scene.AddTeacherAsync();
        scene.Calibrate("run");
        await using var hub = await scene.StartAsync();
        Assert.True((await scene.OpinionAsync(hub, scene.Window("run", 10, 1))).Agrees);
    }

    [Fact]
    public async Task A_teacher_that_nobody_told_of_is_found()
    {
        using var scene = new PerceptionScene();
        scene.Calibrate("run");
        await using var hub = await scene.StartAsync();
        await scene.AddTeacherAsync();
        Assert.True((await scene.OpinionAsync(hub, scene.Window("run", 10, 1))).Agrees);
    }

    [Fact]
    public async Task Services_that_do_not_answer_cost_opinions_and_not_the_hub()
    {
        using var scene = new PerceptionScene();
        scene.Calibrate("run");
        scene.Broken = new RpcException(new Status(StatusCode.Unavailable, "gone"));
        var registry = Substitute.For<IModelRegistry>();
        registry.ListAsync(default).ReturnsForAnyArgs(call => scene.Broken is { } broken ? throw broken : scene.Registry.ListAsync(default));
        registry.PackageAsync("", default).ReturnsForAnyArgs(call => scene.Registry.PackageAsync(call.Arg<string>(), default));
        await scene.AddTeacherAsync();
        await using var hub = await scene.StartAsync(registry);
        await scene.SeenAsync(hub, scene.Window("run", 10, 1));
        scene.Broken = null;
        Assert.True((await scene.OpinionAsync(hub, scene.Window("run", 11, 1))).Agrees);
    }

    [Fact]
    public async Task A_broken_package_leaves_the_teacher_that_was_there()
    {
        using var scene = new PerceptionScene();
        var good = await scene.AddTeacherAsync();
        var broken = good with { Digest = "sha256:broken", Manifest = good.Manifest with { Release = 2 } };
        var isBroken = false;
        var registry = Substitute.For<IModelRegistry>();
        registry.ListAsync(default).ReturnsForAnyArgs(_ => Task.FromResult<IReadOnlyList<ModelEntry>>(isBroken ? [broken, good] : [good]));
        registry.PackageAsync("", default).ReturnsForAnyArgs(call => call.Arg<string>() == broken.Digest
            ? Task.FromResult<ReadOnlyMemory<byte>?>("no package"u8.ToArray())
            : scene.Registry.PackageAsync(call.Arg<string>(), default));
        scene.Calibrate("run");
        await using var hub = await scene.StartAsync(registry);
        await scene.OpinionAsync(hub, scene.Window("run", 10, 1));
        isBroken = true;
        await Eventually.HoldsAsync(() => registry.ReceivedCalls().Any(call => call.GetArguments() is ["sha256:broken", ..]));
        Assert.True((await scene.OpinionAsync(hub, scene.Window("run", 11, 1))).Agrees);
    }

    [Fact]
    public async Task A_device_whose_channels_changed_places_is_read_by_their_names()
    {
        using var scene = new PerceptionScene { Channels = ["a", "b", "c"] };
        await scene.AddTeacherAsync();
        scene.Calibrate("run");
        await using var hub = await scene.StartAsync();
        // c, which the teacher does not read, swings wildly.
        Assert.True((await scene.OpinionAsync(hub, scene.Window("run", 10, 1, swingOfLast: 30))).Agrees);
        scene.Channels = ["a", "c", "b"];
        scene.SayChannels(hub);
        scene.Calibrate("next");
        Assert.False((await scene.OpinionAsync(hub, scene.Window("next", 11, 1, swingOfLast: 30))).Agrees);
    }
}
