using System.Collections.Concurrent;
using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Reasoning.Fleet;
using Cloud.Hub.Reasoning.Sites;
using Cloud.Hub.Reasoning.Storage;
using Hmas.Contracts;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Reasoning.Workers;

/// <summary>Tells the agents what the archive holds that concerns them, each fact until it is durable with its
/// agent, and wakes them regularly so that passing time counts too.</summary>
/// <remarks>The bus only says that there is something to read: what it drops, or what happened before the start, is read all the same.</remarks>
internal sealed class AgentLoop(
    EventBus bus, IFactArchive archive, AgentPlace place, IGrainFactory grains, ReasoningOptions options, ReasoningMetrics metrics, TimeProvider time,
    ILogger<AgentLoop> logger)
    : BackgroundService, ITroubled
{
    private const int BatchFacts = 256;

    private readonly HashSet<string> _sites = [];
    private readonly ConcurrentDictionary<string, string> _failing = new();

    public string? Trouble => _failing.FirstOrDefault() is { Key: { } agent } failure ? $"{agent}: {failure.Value}" : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = bus.Subscribe(
            nameof(AgentLoop),
            static happened => happened is LabelsAdded
                || (happened is FactsStored stored && stored.Batch.Facts.Any(static fact => Concerns(fact.Kind))));
        using var timer = new PeriodicTimer(options.StrategyPeriod, time);
        _sites.UnionWith(place.Sites());
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var told = subscription.Events.WaitToReadAsync(stoppingToken).AsTask();
        await ReadAsync(stoppingToken);
        while (true)
        {
            var first = await Task.WhenAny(tick, told);
            if (!await first) return;
            if (first == told)
            {
                await TakeAsync(subscription, stoppingToken);
                told = subscription.Events.WaitToReadAsync(stoppingToken).AsTask();
                continue;
            }

            await ReadAsync(stoppingToken);
            await TurnAsync("fleet", () => grains.GetGrain<IFleetAgent>(IFleetAgent.Key).ConsiderAsync(), stoppingToken);
            foreach (var site in _sites) await ConsiderAsync(site, stoppingToken);
            tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        }
    }

    private static bool Concerns(FactKind kind) => kind is FactKind.Alarm or FactKind.RunStarted or FactKind.RunEnded;

    private async Task TakeAsync(EventBus.Subscription subscription, CancellationToken stopping)
    {
        var (hasFacts, hasLabels) = (false, false);
        while (subscription.Events.TryRead(out var happened))
        {
            hasLabels |= happened is LabelsAdded;
            hasFacts |= happened is FactsStored;
        }

        if (hasLabels) await TurnAsync("fleet", () => grains.GetGrain<IFleetAgent>(IFleetAgent.Key).LabelsCameAsync(), stopping);
        if (hasFacts) await ReadAsync(stopping);
    }

    private Task ReadAsync(CancellationToken stopping) => TurnAsync(
        "archive",
        async () =>
        {
            var batch = new List<ArchivedFact>(BatchFacts);
            await foreach (var fact in archive.ReadFactsAsync(new FactQuery { AfterId = place.Read() }, stopping))
            {
                batch.Add(fact);
                if (batch.Count < BatchFacts) continue;
                await TellAsync(batch, stopping);
                batch.Clear();
            }

            if (batch.Count > 0) await TellAsync(batch, stopping);
        },
        stopping);

    private async Task TellAsync(List<ArchivedFact> facts, CancellationToken stopping)
    {
        var bySite = facts.Select(fact => (fact.SiteId, Fact: Readable(fact, SiteFact.Of))).Where(static told => told.Fact is not null)
            .ToLookup(static told => told.SiteId, static told => told.Fact!);
        foreach (var site in bySite) await grains.GetGrain<ISiteAgent>(site.Key).HearAsync([.. site]);
        var ended = facts.Where(static fact => fact.Fact.Kind == FactKind.RunEnded)
            .Select(fact => Readable(fact, static fact => EndedRun(fact))).OfType<string>().ToList();
        if (ended.Count > 0) await grains.GetGrain<IFleetAgent>(IFleetAgent.Key).RunsEndedAsync(ended);

        string[] sites = [.. bySite.Select(static site => site.Key)];
        await place.MoveAsync(facts[^1].Id, sites, stopping);
        metrics.Told(bySite.Sum(static site => site.Count()) + ended.Count);
        _sites.UnionWith(sites);
        foreach (var site in sites) await ConsiderAsync(site, stopping);
    }

    private static string? EndedRun(ArchivedFact fact) =>
        JsonSerializer.Deserialize(fact.Fact.Payload.Span, ContractsJson.Default.RunEvent) is { } run ? FleetRun.Of(fact.DeviceId, run.RunId) : null;

    /// <summary>A fact that nobody can read is left where it is; it must not keep the agents from those after it.</summary>
    private T? Readable<T>(ArchivedFact fact, Func<ArchivedFact, T?> read)
        where T : class
    {
        try
        {
            return read(fact);
        }
        catch (JsonException e)
        {
            logger.FactUnreadable(fact.Fact.Sequence, fact.DeviceId, fact.Fact.Kind, e.Message);
            return null;
        }
    }

    private Task ConsiderAsync(string site, CancellationToken stopping) =>
        TurnAsync($"site {site}", () => grains.GetGrain<ISiteAgent>(site).ConsiderAsync(), stopping);

    /// <summary>The one place where a failure of an agent, or of what it needs, is caught: logged, and the next turn comes.</summary>
    private async Task TurnAsync(string agent, Func<Task> turn, CancellationToken stopping)
    {
        try
        {
            await turn();
            _failing.TryRemove(agent, out _);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            _failing[agent] = e.Message;
            metrics.TurnFailed();
            logger.AgentFailed(e, agent);
        }
    }
}
