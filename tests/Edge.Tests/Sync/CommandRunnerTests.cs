using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Commands;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Sync;

public sealed class CommandRunnerTests : ICommandActions, IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Now);
    private readonly List<string> _done = [];
    private Exception? _crash;

    [Theory]
    [InlineData("ping", null)]
    [InlineData("recalibrate", "recalibrate")]
    [InlineData("report", "report")]
    [InlineData("snapshot", "snapshot 1")]
    public void A_known_kind_is_done(string kind, string? done)
    {
        Assert.Equal(new CommandReply("c1", true), Start().Run(Command(kind)));
        Assert.Equal(done is null ? [] : [done], _done);
    }

    [Fact]
    public void Every_other_kind_and_what_is_out_of_range_is_refused_with_the_reason()
    {
        var runner = Start();
        var unknown = runner.Run(Command("reboot"));
        Assert.Equal(("unknown-kind", "'reboot' is none of ping, recalibrate, snapshot, report, keep-near, tune-head"), (unknown.Error, unknown.Detail));
        var large = runner.Run(Command("snapshot", "c2") with { Arguments = new Dictionary<string, string> { ["windows"] = "1001" } });
        Assert.Equal(("refused", "windows '1001' is not 1 to 1000"), (large.Error, large.Detail));
        Assert.Empty(_done);
    }

    [Theory]
    [InlineData("""{"points":[[0,1],[2,1]],"radius":1,"windows":5,"within":100}""", null)]
    [InlineData(null, "argument 'request' is missing")]
    [InlineData("{", "Expected depth")]
    [InlineData("""{"points":[],"radius":1,"windows":5,"within":100}""", "0 points are not 1 to 8")]
    [InlineData("""{"points":[[0,1],[2]],"radius":1,"windows":5,"within":100}""", "point 1 has 1 coordinates")]
    [InlineData("""{"points":[[0,"NaN"]],"radius":1,"windows":5,"within":100}""", "point 0 holds a value that is no number")]
    [InlineData("""{"points":[[0,1]],"radius":0,"windows":5,"within":100}""", "radius 0 is outside (0, 100]")]
    [InlineData("""{"points":[[0,1]],"radius":1,"windows":101,"within":100}""", "windows 101 is not 1 to 100")]
    [InlineData("""{"points":[[0,1]],"radius":1,"windows":5,"within":0}""", "within 0 is not 1 to 1000000")]
    public void Windows_near_some_points_are_asked_for_within_bounds(string? request, string? refusal)
    {
        var arguments = request is null ? null : new Dictionary<string, string> { ["request"] = request };
        var reply = Start().Run(Command(KeepNear.Kind) with { Arguments = arguments });
        Assert.Equal(refusal is null ? ["keep-near 2 5"] : [], _done);
        if (refusal is null) Assert.True(reply.Succeeded, reply.Detail);
        else Assert.Contains(refusal, reply.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Past_its_deadline_it_is_not_done()
    {
        _time.Advance(TimeSpan.FromSeconds(61));
        var reply = Start().Run(Command("recalibrate"));
        Assert.Equal(("expired", "1000 ms ago"), (reply.Error, reply.Detail));
        Assert.Empty(_done);
    }

    [Fact]
    public void Delivered_again_it_is_answered_alike_and_done_once_also_after_a_restart()
    {
        var first = Start().Run(Command("recalibrate"));
        Assert.Equal(first, Start().Run(Command("recalibrate")));
        var refused = Start().Run(Command("reboot", "c2"));
        Assert.Equal(refused, Start().Run(Command("reboot", "c2")));
        Assert.Equal(["recalibrate"], _done);
    }

    [Fact]
    public void A_restart_in_the_middle_does_not_do_it_again()
    {
        _crash = new InvalidOperationException("power cut");
        Assert.Throws<InvalidOperationException>(() => Start().Run(Command("recalibrate")));
        _crash = null;
        var reply = Start().Run(Command("recalibrate"));
        Assert.Equal(("failed", "the device restarted while it was at it"), (reply.Error, reply.Detail));
        Assert.Empty(_done);
    }

    [Fact]
    public void What_cannot_be_remembered_is_not_done()
    {
        // A folder stands where the file would be.
        Directory.CreateDirectory(_folder.File("replies.json"));
        Assert.Equal("failed", Start().Run(Command("recalibrate")).Error);
        Assert.Empty(_done);
    }

    [Fact]
    public void Only_commands_past_their_deadline_make_room_for_others()
    {
        var runner = Start(capacity: 2);
        runner.Run(Command("recalibrate", "c1"));
        runner.Run(Command("recalibrate", "c2"));
        Assert.Equal("refused", runner.Run(Command("recalibrate", "c3")).Error);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(runner.Run(Command("recalibrate", "c3") with { ExpiresAtUs = (1_800_000_000 + 600) * 1_000_000L }).Succeeded);
        Assert.Equal(3, _done.Count);
    }

    [Fact]
    public void A_damaged_file_is_as_none()
    {
        File.WriteAllText(_folder.File("replies.json"), "[{");
        Assert.True(Start().Run(Command("ping")).Succeeded);
    }

    void ICommandActions.Recalibrate()
    {
        if (_crash is not null) throw _crash;
        _done.Add("recalibrate");
    }

    void ICommandActions.Snapshot(int windows) => _done.Add($"snapshot {windows}");

    void ICommandActions.KeepNear(KeepNear request) => _done.Add($"keep-near {request.Points.Count} {request.Windows}");

    void ICommandActions.Report() => _done.Add("report");

    public void Dispose() => _folder.Dispose();

    private static DeviceCommand Command(string kind, string id = "c1") =>
        new(id, kind, (Now + TimeSpan.FromMinutes(1)).ToUnixTimeSeconds() * 1_000_000);

    /// <summary>The runner of a device that has just started.</summary>
    private CommandRunner Start(int capacity = 256) => new(this, RememberedReplies.Open(_folder.Path, capacity), _time, NullLogger.Instance);
}
