using Cloud.Hub.Bus;
using Cloud.Hub.Reasoning.Fleet;
using Cloud.Hub.Reasoning.Sites;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using System.Text.Json;

namespace Cloud.Hub.Reasoning.Workers;

/// <summary>Carries events to the agents they concern, and wakes the agents regularly so that passing time counts too.</summary>
internal sealed class AgentLoop(EventBus bus, IGrainFactory grains, ReasoningOptions options, TimeProvider time, ILogger<AgentLoop> logger) : BackgroundService
{
    private readonly HashSet<string> _sites = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = bus.Subscribe(nameof(AgentLoop), static happened => happened is AlarmChanged or FactsStored);
        using var timer = new PeriodicTimer(options.StrategyPeriod, time);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var next = subscription.Events.WaitToReadAsync(stoppingToken).AsTask();
        while (true)
        {
            await Task.WhenAny(tick, next);
            if (next.IsCompleted)
            {
                if (!await next) return;
                while (subscription.Events.TryRead(out var happened)) await TurnAsync("agents", () => HandAsync(happened));
                next = subscription.Events.WaitToReadAsync(stoppingToken).AsTask();
            }

            if (!tick.IsCompleted) continue;
            if (!await tick) return;
            await TurnAsync("fleet", () => grains.GetGrain<IFleetAgent>(IFleetAgent.Key).ConsiderAsync());
            foreach (var site in _sites) await TurnAsync(site, () => grains.GetGrain<ISiteAgent>(site).ConsiderAsync());
            tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        }
    }

    private async Task HandAsync(HubEvent happened)
    {
        switch (happened)
        {
            case AlarmChanged alarm:
                _sites.Add(alarm.SiteId);
                await grains.GetGrain<ISiteAgent>(alarm.SiteId).ObserveAsync(alarm.DeviceId, alarm.Alarm.AlarmId, alarm.Alarm.RuleId, alarm.Alarm.Raised);
                break;
            case FactsStored stored:
                foreach (var fact in stored.Batch.Facts)
                {
                    if (fact.Kind == FactKind.RunEnded && JsonSerializer.Deserialize(fact.Payload.Span, ContractsJson.Default.RunEvent) is { } ended)
                        await grains.GetGrain<IFleetAgent>(IFleetAgent.Key).RunEndedAsync(ended.RunId);
                }

                break;
        }
    }

    /// <summary>The one place where an agent's failure is caught: logged, and the next turn comes.</summary>
    private async Task TurnAsync(string agent, Func<Task> turn)
    {
        try
        {
            await turn();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.AgentFailed(e, agent);
        }
    }
}
