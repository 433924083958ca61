using System.Globalization;
using System.Text;
using Edge.Sensors.Simulation;
using Hmas.Testing;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Site;
using Operator.Cli.Hub;

namespace Hmas.System.Tests;

/// <summary>Pumps that are never switched off, a hub, and somebody who answers their alarms.</summary>
public sealed class EndlessPumpTests : IAsyncLifetime
{
    private const int HealthyRows = 900;
    private const int EndlessRows = 60_000;
    private const int FirstLeak = 6_000;
    private const int BetweenLeaks = 1_500;
    private const int LeakRows = 300;

    // What a fast site shows in seconds a real one shows in hours: the gates are open, as they have tests of their own.
    private const string Settings = """
        reasoning:
          shadowWindows: 20
          healthWindows: 20
          gate:
            minimumWindows: 50
            laterShadowWindows: 0
            limits: { promised-alarms: 1, alarm-rate: 1, false-alarms: 1, error: 1, shadow-alarms: 1, shadow-disagreement: 1, latency: 1, memory: 1, restarts: 1, confidence-drift: 1, input-drift: 1 }

        """;

    private readonly TempFolder _folder = new();
    private readonly DemoSite _site;
    private readonly Dictionary<string, PlayedRun> _runs = [];

    public EndlessPumpTests() => _site = new DemoSite(
        new DemoOptions
        {
            Root = new DirectoryInfo(Repository.Root), WorkFolder = _folder.Path, Devices = 3, Speed = 150, PortOffset = FreePorts.HubOffset(),
        },
        TimeProvider.System);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _site.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Answered_alarms_of_three_runs_that_never_end_give_a_better_model_that_comes_to_every_pump_by_itself()
    {
        await _site.StartHubAsync(Settings, default);
        await _site.FetchTrustAsync(default);
        for (var pump = 0; pump < _site.Devices.Count; pump++)
        {
            var device = _site.Devices[pump];
            device.Play(Write($"{device.Id}/healthy", pump, 100, HealthyRows, FaultPlan.Healthy), "first");
            var run = device.Play(Write($"{device.Id}/endless", pump, 200, EndlessRows, LeaksOf()), "endless");
            _runs.Add(run.RunId, run);
            await _site.StartDeviceAsync(device, default);
        }

        await Eventually.HoldsAsync(
            async () => (await _site.Api.RolloutsAsync(default)).Any(static rollout => rollout.State == "completed")
                && await AllAnswerAsync("reconstruction"),
            Said);
        await Eventually.HoldsAsync(
            async () =>
            {
                foreach (var alarm in await _site.Api.AlarmsAsync(openOnly: true, 100, default))
                {
                    if (Truth(alarm) is { } truth) await _site.Api.AcknowledgeAsync(alarm.AlarmId, truth, default);
                }

                return await AllAnswerAsync("anomaly-logit");
            },
            Said);

        var better = (await _site.Api.TrainingAsync(default))
            .First(static run => run is { State: "registered", Request.Recipe: "anomaly-logit" });
        Assert.True(better.CandidateMetrics!["all"].F1 > better.ParentMetrics!["all"].F1, better.Message);
        string Said() => $"the hub decided:\n{string.Join('\n', Decisions().Concat(Steps()))}";
        IEnumerable<string> Steps() => _site.Api.RolloutsAsync(default).GetAwaiter().GetResult()
            .SelectMany(static rollout => rollout.Transitions).Select(static step => $"{step.Group} {step.To}: {step.Reason}");
        IEnumerable<string> Decisions() => _site.Api.DecisionsAsync(default).GetAwaiter().GetResult()
            .Select(static made => $"{made.Agent}: {made.Decision}, {made.Reason}");
    }

    /// <summary>Every device answers with a model of the recipe that the fleet agent had trained.</summary>
    private async Task<bool> AllAnswerAsync(string recipe)
    {
        _site.RequireRunning();
        var models = (await _site.Api.TrainingAsync(default))
            .Where(run => run is { State: "registered", Request.RequestedBy: "fleet" } && run.Request.Recipe == recipe)
            .Select(static run => run.CandidateDigest).ToHashSet();
        return (await _site.Api.DevicesAsync(default)).All(device => device.Reported?.ActiveDigest is { } digest && models.Contains(digest));
    }

    /// <summary>What somebody says who stands beside the machine; null: the alarm is not over yet.</summary>
    private string? Truth(AlarmAnswer alarm)
    {
        if (alarm.EndedUs is not { } endedUs) return null;
        if (!_runs.TryGetValue(alarm.Raised.RunId, out var run)) return "normal";
        var (from, to) = (Row(alarm.Raised.TimestampUs), Row(endedUs));
        return run.Recording.Anomalous.AsSpan(from, Math.Max(1, to - from)).Contains(true) ? "leak" : "normal";

        int Row(long timeUs) => (int)Math.Clamp((timeUs - run.StartUs) / 1_000_000, 0, run.Recording.Rows - 1);
    }

    private static FaultPlan LeaksOf() => new([.. Enumerable.Range(0, (EndlessRows - FirstLeak) / BetweenLeaks).Select(static leak =>
        new Fault(
            FaultKind.Leak, TimeSpan.FromSeconds(FirstLeak + (leak * BetweenLeaks)), TimeSpan.FromSeconds(30),
            TimeSpan.FromSeconds(FirstLeak + (leak * BetweenLeaks) + LeakRows), 0.4))]);

    /// <summary>A recording of one of the pumps, at a row a second, with its truth.</summary>
    private Recording Write(string name, int pump, int seed, int rows, FaultPlan faults)
    {
        var model = new PumpModel(new PumpSettings { Seed = seed + pump, Speed = 0.7 + (0.05 * pump), RunningFor = 7_200, Faults = faults });
        var values = new float[PumpChannels.Count];
        var text = new StringBuilder("datetime;").AppendJoin(';', PumpChannels.All.Select(static channel => channel.Name)).Append(";anomaly\n");
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var row = 0; row < rows; row++)
        {
            var isFaulty = model.IsFaulty;
            model.Step(values);
            text.Append(CultureInfo.InvariantCulture, $"{start.AddSeconds(row):yyyy-MM-dd HH:mm:ss};");
            text.AppendJoin(';', values.Select(static value => value.ToString("G6", CultureInfo.InvariantCulture)));
            text.Append(isFaulty ? ";1\n" : ";0\n");
        }

        var file = _folder.File(name + ".csv");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text.ToString());
        return Recording.Read(file);
    }
}
