using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cloud.Hub.Bus;
using Cloud.Hub.Feedback.Storage;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Feedback.Workers;

/// <summary>Takes evidence and alarms into the book: told by the bus, and by the archive of what the
/// bus dropped or what happened before the start.</summary>
internal sealed class JoinLoop(
    OutcomeBook book, IFactArchive archive, EventBus bus, IOptions<FeedbackOptions> options, TimeProvider time, ILogger<JoinLoop> logger)
        : BackgroundService
{
    private const int BatchRows = 256;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = bus.Subscribe("feedback", static happened => happened is AlarmChanged or EvidenceReported);
        using var timer = new PeriodicTimer(options.Value.CatchUpInterval, time);
        await CatchUpAsync(stoppingToken);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var told = subscription.Events.WaitToReadAsync(stoppingToken).AsTask();
        while (true)
        {
            var first = await Task.WhenAny(tick, told);
            if (!await first) return;
            if (first == tick)
            {
                await CatchUpAsync(stoppingToken);
                tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            }
            else
            {
                await TakeEventsAsync(subscription, stoppingToken);
                told = subscription.Events.WaitToReadAsync(stoppingToken).AsTask();
            }
        }
    }

    private async Task TakeEventsAsync(EventBus.Subscription subscription, CancellationToken cancellation)
    {
        var alarms = new List<AlarmChanged>();
        var hasEvidence = false;
        while (subscription.Events.TryRead(out var happened))
        {
            if (happened is AlarmChanged alarm) alarms.Add(alarm);
            else hasEvidence = true;
        }

        await GuardAsync("alarms", () => alarms.Count == 0 ? Task.CompletedTask : book.TakeAlarmsAsync(alarms, null, cancellation));
        if (hasEvidence) await GuardAsync("evidence", () => ReadEvidenceAsync(cancellation));
    }

    private async Task CatchUpAsync(CancellationToken cancellation)
    {
        await GuardAsync("alarms", () => ReadAlarmsAsync(cancellation));
        await GuardAsync("evidence", () => ReadEvidenceAsync(cancellation));
    }

    private Task ReadEvidenceAsync(CancellationToken cancellation) => ReadAsync(
        FactKind.Evidence, book.EvidencePlace(), ContractsJson.Default.ModelEvidence,
        static (fact, evidence) => new JudgedStretch(
            fact.Id, fact.DeviceId, evidence.RunId, evidence.FromUs, evidence.ToUs, evidence.Digest, evidence.AlarmWindows,
            evidence.Windows - evidence.AlarmWindows),
        (stretches, place) => book.TakeEvidenceAsync(stretches, place, cancellation), cancellation);

    private Task ReadAlarmsAsync(CancellationToken cancellation) => ReadAsync(
        FactKind.Alarm, book.AlarmPlace(), ContractsJson.Default.AlarmEvent,
        static (fact, alarm) => new AlarmChanged(fact.SiteId, fact.DeviceId, alarm),
        (alarms, place) => book.TakeAlarmsAsync(alarms, place, cancellation), cancellation);

    /// <summary>Reads the archive from a place on and hands over what it holds, batch by batch, each with the place it reaches.</summary>
    private async Task ReadAsync<TPayload, TItem>(
        FactKind kind, long place, JsonTypeInfo<TPayload> json, Func<ArchivedFact, TPayload, TItem> make, Func<IReadOnlyList<TItem>, long, Task> take,
        CancellationToken cancellation)
    {
        var batch = new List<TItem>(BatchRows);
        var isNew = false;
        await foreach (var fact in archive.ReadFactsAsync(new FactQuery { Kind = kind, AfterId = place }, cancellation))
        {
            (place, isNew) = (fact.Id, true);
            if (TryParse(fact, json, out var payload)) batch.Add(make(fact, payload));
            if (batch.Count < BatchRows) continue;
            await take(batch, place);
            batch.Clear();
            isNew = false;
        }

        if (isNew) await take(batch, place);
    }

    private bool TryParse<TPayload>(ArchivedFact fact, JsonTypeInfo<TPayload> json, [NotNullWhen(true)] out TPayload? payload)
    {
        payload = default;
        try
        {
            payload = JsonSerializer.Deserialize(fact.Fact.Payload.Span, json);
            return payload is not null;
        }
        catch (JsonException error)
        {
            Log.FactUnreadable(logger, fact.Fact.Sequence, fact.DeviceId, fact.Fact.Kind, error.Message);
            return false;
        }
    }

    /// <summary>The one place where this loop meets failures of the disk or of a remote archive.</summary>
    private async Task GuardAsync(string what, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.CatchUpFailed(logger, what, options.Value.CatchUpInterval, error);
        }
    }
}
