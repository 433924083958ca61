using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Host;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Testing;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace Cloud.Hub.Tests.Reasoning;

/// <summary>A real hub that runs Reasoning alone, before a fleet, an archive and other services that outlive it.</summary>
internal sealed class ReasoningScene : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    public ReasoningScene()
    {
        Rollouts.ListAsync(default).ReturnsForAnyArgs([]);
        Rollouts.FindAsync("", default).ReturnsForAnyArgs((RolloutView?)null);
        for (var i = 1; i <= 3; i++) Fleet.Add($"pump-{i}");
    }

    public SimulatedFleet Fleet { get; } = new();

    public SimulatedFacts Facts { get; } = new();

    public SimulatedTraining Training { get; } = new();

    public IRollouts Rollouts { get; } = Substitute.For<IRollouts>();

    public Task<HubFixture> StartAsync(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["Reasoning:StrategyPeriod"] = "00:00:00.020",
            ["Reasoning:CalmBeforeLowering"] = "00:00:00.050",
            ["Reasoning:OfflineBeforeSilent"] = "00:00:00",
            ["Reasoning:RunsForFirstModel"] = "2",
            ["Reasoning:LabelledRunsForRetraining"] = "2",
        };
        foreach (var (key, value) in settings) values[$"Reasoning:{key}"] = value;
        return HubFixture.StartAsync("reasoning", values, _folder.Path, services => services
            .AddSingleton<IFleet>(Fleet).AddSingleton<IFactArchive>(Facts).AddSingleton(Substitute.For<IFeedback>())
            .AddSingleton<ITrainingRuns>(Training).AddSingleton(Rollouts));
    }

    /// <summary>The fact is in the archive; nobody tells the hub on the bus.</summary>
    public void Alarm(string device, string alarm, bool raised = true) =>
        Facts.Add("site", device, FactKind.Alarm, 0, JsonSerializer.SerializeToUtf8Bytes(
        new AlarmEvent { AlarmId = alarm, RunId = "run", RuleId = "vibration", Raised = raised, Severity = "warning", TimestampUs = 0 },
        ContractsJson.Default.AlarmEvent));

    public void Run(string device, FactKind kind, string run) =>
        Facts.Add("site", device, kind, 0, JsonSerializer.SerializeToUtf8Bytes(new RunEvent(run, 0, 10), ContractsJson.Default.RunEvent));

    public double BoostOf(string device) => Fleet[device].Desired!.SamplingBoost;

    /// <summary>Decisions so far, oldest first.</summary>
    public static async Task<IReadOnlyList<AgentDecision>> DecisionsAsync(HubFixture hub) =>
        [.. (await hub.Get<IAgents>().DecisionsAsync(1000, default)).Reverse()];

    /// <summary>Returns when the agents have decided so.</summary>
    public static async Task DecidedAsync(HubFixture hub, string decision)
    {
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        using var subscription = hub.Get<EventBus>().Subscribe("test", static happened => happened is AgentDecided);
        while ((await DecisionsAsync(hub)).All(made => made.Decision != decision)) await subscription.Events.ReadAsync(patience.Token);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
