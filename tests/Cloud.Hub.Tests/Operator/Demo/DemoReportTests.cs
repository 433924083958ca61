using System.Text.Json;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Operator.Cli.Demo.Report;

namespace Cloud.Hub.Tests.Operator.Demo;

public sealed class DemoReportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The file is a contract: others read these names.</summary>
    [Fact]
    public void The_file_holds_what_was_found_under_the_names_that_others_read()
    {
        Report().Write(_folder.File("report.json"));
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.File("report.json")));
        var root = json.RootElement;
        Assert.Equal(
            ["ok", "data", "seconds", "checks", "devices", "pooled", "experiences", "facts", "rounds", "badModel", "services"],
            root.EnumerateObject().Select(static member => member.Name));
        var device = root.GetProperty("devices")[0];
        Assert.Equal("pump-1", device.GetProperty("id").GetString());
        Assert.Equal(0.5, device.GetProperty("before").GetProperty("f1").GetDouble());
        Assert.Equal(JsonValueKind.Null, device.GetProperty("after").GetProperty("f1").ValueKind);
        Assert.Equal(
            ["digestBefore", "digestAfter", "residentMb", "swapMs"],
            new[] { "digestBefore", "digestAfter", "residentMb", "swapMs" }.Where(name => device.TryGetProperty(name, out _)));
        Assert.Equal((12, 11, 1, 0), Counts(root.GetProperty("experiences")));
        var bad = root.GetProperty("badModel");
        Assert.Equal(
            (2, 1, 1.5, "alarm-rate"),
            (bad.GetProperty("devicesTouched").GetInt32(), bad.GetProperty("devicesRestored").GetInt32(),
                bad.GetProperty("restoreSeconds").GetDouble(), bad.GetProperty("stoppedBy").GetString()));
    }

    private static (int, int, int, int) Counts(JsonElement counts) =>
        (counts.GetProperty("produced").GetInt32(), counts.GetProperty("stored").GetInt32(), counts.GetProperty("lost").GetInt32(),
            counts.GetProperty("duplicated").GetInt32());

    private static DemoReport Report() => new()
    {
        Ok = false,
        Data = "simulated pump",
        Seconds = 200,
        Checks = [new("a check", false, "1 of 2")],
        Devices =
        [
            new DeviceResult
            {
                Id = "pump-1", Recording = "valve-1", Before = ScoreResult.From(new Confusion(1, 1, 1, 1)), After = ScoreResult.From(default),
                DigestBefore = "sha256:a", DigestAfter = null, ResidentMb = 38.5, SwapMs = null,
            },
        ],
        Pooled = new ScorePair(ScoreResult.From(default), ScoreResult.From(default)),
        Experiences = new ItemCounts(12, 11, 1, 0),
        Facts = new ItemCounts(30, 29, 1, 0),
        Rounds = [],
        BadModel = new BadModelResult("sha256:bad", 2, 1, 1.5, "alarm-rate"),
        Services = new Dictionary<string, ServiceFact> { ["memory"] = new(3, "archived 3") },
    };
}
