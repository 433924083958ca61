using System.Text;
using System.Text.Json;
using Edge.Agent.Hosting;
using Edge.Agent.Hosting.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Hosting;

public sealed class LogLineTests : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 18, 35, 42, 297, TimeSpan.Zero));

    [Fact]
    public void People_read_time_level_and_message_and_below_it_the_cause()
    {
        Logger(asJson: false).StatusUnavailable("the totals file", "no space");
        Logger(asJson: false).AgentFailed(new IOException("disk gone"), "disk gone");
        var lines = Text().Split('\n');
        Assert.Equal("18:35:42.297 WRN the totals file is not available: no space", lines[0]);
        Assert.Equal("18:35:42.297 FTL The agent cannot go on: disk gone", lines[1]);
        Assert.Equal("System.IO.IOException: disk gone", lines[2]);
    }

    [Fact]
    public void Machines_read_template_level_event_and_values()
    {
        Logger(asJson: true).StatusUnavailable("a \"quoted\"\nthing", "no space");
        var text = Text();
        Assert.Equal(1, text.Count(letter => letter == '\n'));
        var line = JsonDocument.Parse(text).RootElement;
        Assert.Equal("2026-11-22T18:35:42.297Z", line.GetProperty("@t").GetString());
        Assert.Equal("{What} is not available: {Reason}", line.GetProperty("@mt").GetString());
        Assert.Equal("Warning", line.GetProperty("@l").GetString());
        Assert.Equal(
            (2804, "StatusUnavailable"),
            (line.GetProperty("EventId").GetProperty("Id").GetInt32(), line.GetProperty("EventId").GetProperty("Name").GetString()));
        Assert.Equal("a \"quoted\"\nthing", line.GetProperty("What").GetString());
    }

    [Fact]
    public void Numbers_stay_numbers_and_what_json_cannot_hold_becomes_a_word()
    {
        Logger(asJson: true).AgentStarted("1.0.0", "north", "p", "pump", 8, double.NaN, 0, null, null);
        var line = JsonDocument.Parse(Text()).RootElement;
        Assert.False(line.TryGetProperty("@l", out _));
        Assert.Equal(
            (8, "NaN", JsonValueKind.Null),
            (line.GetProperty("Channels").GetInt32(), line.GetProperty("RateHz").GetString(), line.GetProperty("Digest").ValueKind));
    }

    [Fact]
    public void What_lies_below_the_level_is_not_written()
    {
        using var loggers = new LineLoggers(_output, asJson: false, LogLevel.Error, _time);
        loggers.CreateLogger("Edge.Agent").StatusUnavailable("the totals file", "no space");
        Assert.Empty(Text());
        loggers.CreateLogger("Edge.Agent").AgentFailed(new IOException("disk gone"), "disk gone");
        Assert.Contains("disk gone", Text(), StringComparison.Ordinal);
    }

    public void Dispose() => _output.Dispose();

    private ILogger Logger(bool asJson) => new LineLoggers(_output, asJson, LogLevel.Information, _time).CreateLogger("Edge.Agent");

    private string Text() => Encoding.UTF8.GetString(_output.ToArray());
}
