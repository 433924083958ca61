using Cloud.Hub.Bus;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Plans;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Workers;

/// <summary>Starts what <see cref="LearningOptions.Plans"/> say, by time, new labels and drift of the devices' scores.</summary>
/// <remarks>A plan's past is its runs in learning.db. Drift is learnt anew after a restart; what the bus dropped is
/// not seen: a plan that must not miss a day has <c>Every</c> too.</remarks>
internal sealed class PlanLoop(
    EventBus bus, ITrainingRuns runs, IFeedback feedback, IModelRegistry registry, IOptions<LearningOptions> options, TimeProvider time,
    ILogger<PlanLoop> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly ScoreDrift _scores = new();
    private readonly DateTimeOffset _began = time.GetUtcNow();
    private DriftSeen? _drift;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Plans.Count == 0) return;
        using var subscription = bus.Subscribe(nameof(PlanLoop), static happened => happened is FactsStored);
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            while (subscription.Events.TryRead(out var happened)) Watch(((FactsStored)happened).Batch);
            foreach (var (name, plan) in options.Value.Plans) await ConsiderAsync(name, plan, stoppingToken);
        }
    }

    private void Watch(FactBatch batch)
    {
        foreach (var fact in batch.Facts.Where(static fact => fact.Kind == FactKind.Experience))
        {
            try
            {
                var window = ExperienceCodec.Decode(fact.Payload.Span);
                if (_scores.Add(batch.DeviceId, window) is not 0 and var direction)
                {
                    _drift = new DriftSeen(batch.DeviceId, window.ModelDigest, direction, time.GetUtcNow());
                    Log.ScoresDrifted(logger, batch.DeviceId, direction, window.ModelDigest);
                }
            }
            catch (WireFormatException)
            {
                // The archive has put it in quarantine.
            }
        }
    }

    private async Task ConsiderAsync(string name, PlanOptions plan, CancellationToken cancellation)
    {
        try
        {
            var who = $"plan:{name}";
            var last = (await runs.RunsAsync(cancellation)).FirstOrDefault(run => run.Request.RequestedBy == who);
            var labels = plan.NewLabels > 0 ? (await feedback.LabelsAsync(null, null, cancellation)).Count : 0;
            if (PlanDecision.Reason(plan, last, labels, _drift, _began, time.GetUtcNow()) is not { } reason) return;
            var parent = (await registry.ListAsync(cancellation)).Where(model => model.Manifest.Name == plan.ModelName && !model.Quarantined)
                .MaxBy(model => model.Manifest.Release);
            var request = new TrainingRequest
            {
                ModelName = plan.ModelName, Recipe = plan.Recipe, ParentDigest = parent?.Digest, Seed = 1, Priority = plan.Priority,
                RequestedBy = who,
            };
            var runId = await runs.StartAsync(request, cancellation);
            Log.PlanStarts(logger, name, runId, reason);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The loop's one catch: a plan that cannot start now is asked again, the others must go on.
        catch (Exception trouble)
#pragma warning restore CA1031
        {
            Log.PlanTrouble(logger, name, trouble.Message);
        }
    }
}
