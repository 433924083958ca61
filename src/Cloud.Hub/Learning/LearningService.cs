using System.Reflection;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Federated;
using Cloud.Hub.Learning.Search;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Learning.Workers;
using Hmas.Contracts;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning;

/// <summary>Takes training requests on, answers for runs, stops them.</summary>
internal sealed class LearningService(
    RunStore store, TrainingQueue queue, IRunReporter reporter, ConfirmedFaults faults, IOptions<LearningOptions> options, TimeProvider time)
        : ITrainingRuns
{
    private const int MaxHeldOutPatterns = 1000;
    private const int MaxPriority = 9;

    /// <summary>Of this program: runs and workers carry it.</summary>
    public static string CodeVersion { get; } =
        typeof(LearningService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <exception cref="FormatException">The model's name is no id.</exception>
    /// <exception cref="ArgumentException">Unknown recipe, too many held-out patterns, a priority out
    /// of range, or a transfer without a parent.</exception>
    /// <exception cref="InvalidOperationException">As many runs wait as may.</exception>
    public async Task<string> StartAsync(TrainingRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        Ids.Require(request.ModelName, "model name");
        if (request.HeldOutRuns.Count > MaxHeldOutPatterns)
            throw new ArgumentException($"{request.HeldOutRuns.Count} held-out runs are more than {MaxHeldOutPatterns}", nameof(request));
        if (request.Priority is < 0 or > MaxPriority)
            throw new ArgumentException($"priority {request.Priority} is outside 0 to {MaxPriority}", nameof(request));
        if (request.Transfer is { } transfer)
        {
            if (request.ParentDigest is null) throw new ArgumentException("transfer needs a parent to start from", nameof(request));
            if (transfer.FrozenLayers < 0) throw new ArgumentException($"transfer: {transfer.FrozenLayers} frozen layers", nameof(request));
            if (transfer.BodyRate is not (> 0 and <= 1))
                throw new ArgumentException($"transfer: body rate {transfer.BodyRate} is outside (0, 1]", nameof(request));
        }

        if (request.Search is not null && SearchRules.Fault(request) is { } wrong) throw new ArgumentException(wrong, nameof(request));
        if (request.Federated is not null && FederatedRules.Fault(request) is { } fault) throw new ArgumentException(fault, nameof(request));
        try
        {
            if (!Recipes.ClassRecipes.Has(request.Recipe)) Recipes.LearningRecipes.Find(request.Recipe);
        }
        catch (TrainingRefusedException refused)
        {
            throw new ArgumentException(refused.Message, nameof(request));
        }

        if (queue.Count >= options.Value.MaxQueuedRuns)
            throw new InvalidOperationException($"{queue.Count} training runs wait already, the limit is {options.Value.MaxQueuedRuns}");
        var now = time.GetUtcNow();
        var run = new TrainingRunView
        {
            RunId = $"train-{now:yyyyMMdd-HHmmss}-{Guid.CreateVersion7(now).ToString("N")[^8..]}",
            Request = request,
            State = RunStates.Queued,
            StartedAt = now,
            Message = "waiting",
        };
        await reporter.ReportAsync(run, cancellation);
        queue.Add(run.RunId);
        return run.RunId;
    }

    public Task<TrainingRunView?> RunAsync(string runId, CancellationToken cancellation) => Task.FromResult(store.Find(runId));

    public Task<IReadOnlyList<TrainingRunView>> RunsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<TrainingRunView>>([.. store.All().Select(run => run with { Picture = null })]);

    public Task<IReadOnlyList<DatasetView>> DatasetsAsync(string runId, CancellationToken cancellation) => Task.FromResult(store.Datasets(runId));

    public Task<IReadOnlyList<DatasetUse>> UsesAsync(long experienceId, CancellationToken cancellation) => Task.FromResult(store.Uses(experienceId));

    public Task<IReadOnlyList<ConfirmedFault>> FaultsAsync(CancellationToken cancellation) => faults.FindAsync(cancellation);

    public Task<bool> CancelAsync(string runId, CancellationToken cancellation) =>
        Task.FromResult(store.Find(runId) is { } run && !RunStates.HasEnded(run.State) && queue.Stop(runId));
}
