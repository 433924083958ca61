using Cloud.Hub.Learning.Contract;

namespace Cloud.Hub.Tests.Reasoning;

/// <summary>Learning that outlives a hub: runs begin when asked for and end when a test says so.</summary>
internal sealed class SimulatedTraining : ITrainingRuns
{
    private readonly Lock _gate = new();
    private readonly List<TrainingRunView> _runs = [];
    private int _faultsRead;

    /// <summary>Called when a run has begun, before its id is given; it may throw, as a line that breaks then.</summary>
    public Action? Begun { get; set; }

    public IReadOnlyList<ConfirmedFault> Faults { get; set; } = [];

    /// <summary>How often somebody asked for the faults.</summary>
    public int FaultsRead => Volatile.Read(ref _faultsRead);

    public IReadOnlyList<TrainingRunView> Runs
    {
        get
        {
            lock (_gate) return [.. _runs];
        }
    }

    public void End(string runId, string state, string? digest = null, string message = "as the test says")
    {
        lock (_gate)
        {
            var at = _runs.FindIndex(run => run.RunId == runId);
            _runs[at] = _runs[at] with { State = state, CandidateDigest = digest, Message = message };
        }
    }

    public Task<string> StartAsync(TrainingRequest request, CancellationToken cancellation)
    {
        string id;
        lock (_gate)
        {
            id = $"train-{_runs.Count + 1}";
            _runs.Add(new TrainingRunView { RunId = id, Request = request, State = "training", StartedAt = TimeProvider.System.GetUtcNow() });
        }

        Begun?.Invoke();
        return Task.FromResult(id);
    }

    public Task<TrainingRunView?> RunAsync(string runId, CancellationToken cancellation) =>
        Task.FromResult(Runs.FirstOrDefault(run => run.RunId == runId));

    public Task<IReadOnlyList<TrainingRunView>> RunsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<TrainingRunView>>([.. Runs.Reverse()]);

    public Task<bool> CancelAsync(string runId, CancellationToken cancellation) => Task.FromResult(false);

    public Task<IReadOnlyList<DatasetView>> DatasetsAsync(string runId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<DatasetView>>([]);

    public Task<IReadOnlyList<DatasetUse>> UsesAsync(long experienceId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<DatasetUse>>([]);

    public Task<IReadOnlyList<ConfirmedFault>> FaultsAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _faultsRead);
        return Task.FromResult(Faults);
    }
}
