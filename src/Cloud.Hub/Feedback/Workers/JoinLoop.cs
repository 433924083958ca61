using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Feedback.Workers;

/// <summary>Takes experiences and alarms into the book: told by the bus, and by the archive of what the bus dropped or what happened before the start.</summary>
internal sealed class JoinLoop(
    OutcomeBook book, IExperienceArchive archive, EventBus bus, IOptions<FeedbackOptions> options, TimeProvider time, ILogger<JoinLoop> logger, IFactArchive? facts = null) : BackgroundService
{
    private const int BatchRows = 256;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = bus.Subscribe("feedback", static happened => happened is AlarmChanged or FactsStored);
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
        var hasExperiences = false;
        while (subscription.Events.TryRead(out var happened))
        {
            if (happened is AlarmChanged alarm) alarms.Add(alarm);
            else hasExperiences = true;
        }

        await GuardAsync("alarms", () => alarms.Count == 0 ? Task.CompletedTask : book.TakeAlarmsAsync(alarms, null, cancellation));
        if (hasExperiences) await GuardAsync("experiences", () => ReadExperiencesAsync(cancellation));
    }

    private async Task CatchUpAsync(CancellationToken cancellation)
    {
        await GuardAsync("experiences", () => ReadExperiencesAsync(cancellation));
        if (facts is not null) await GuardAsync("alarms", () => ReadAlarmsAsync(facts, cancellation));
    }

    private async Task ReadExperiencesAsync(CancellationToken cancellation)
    {
        var batch = new List<ArchivedExperience>(BatchRows);
        await foreach (var experience in archive.ReadAsync(new ExperienceQuery { AfterId = book.ExperiencePlace() }, cancellation))
        {
            batch.Add(experience);
            if (batch.Count < BatchRows) continue;
            await book.TakeExperiencesAsync(batch, cancellation);
            batch.Clear();
        }

        if (batch.Count > 0) await book.TakeExperiencesAsync(batch, cancellation);
    }

    private async Task ReadAlarmsAsync(IFactArchive source, CancellationToken cancellation)
    {
        var batch = new List<AlarmChanged>(BatchRows);
        var place = book.AlarmPlace();
        var isNew = false;
        await foreach (var fact in source.ReadFactsAsync(new FactQuery { Kind = FactKind.Alarm, AfterId = place }, cancellation))
        {
            (place, isNew) = (fact.Id, true);
            if (TryParse(fact, out var alarm)) batch.Add(new AlarmChanged(fact.SiteId, fact.DeviceId, alarm));
            if (batch.Count < BatchRows) continue;
            await book.TakeAlarmsAsync(batch, place, cancellation);
            batch.Clear();
        }

        if (isNew) await book.TakeAlarmsAsync(batch, place, cancellation);
    }

    private bool TryParse(ArchivedFact fact, out AlarmEvent alarm)
    {
        alarm = null!;
        try
        {
            if (JsonSerializer.Deserialize(fact.Fact.Payload.Span, ContractsJson.Default.AlarmEvent) is not { } parsed) return false;
            alarm = parsed;
            return true;
        }
        catch (JsonException error)
        {
            Log.AlarmUnreadable(logger, fact.Fact.Sequence, fact.DeviceId, error.Message);
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
