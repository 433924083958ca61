using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Contract;

/// <summary>The door of the Learning service.</summary>
public interface ITrainingRuns
{
    /// <summary>Queues a run and returns its id.</summary>
    Task<string> StartAsync(TrainingRequest request, CancellationToken cancellation);

    Task<TrainingRunView?> RunAsync(string runId, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<TrainingRunView>> RunsAsync(CancellationToken cancellation);

    /// <summary>False when it has already ended.</summary>
    Task<bool> CancelAsync(string runId, CancellationToken cancellation);

    /// <summary>Which samples each part of a run read; empty when it has not begun, or is from before they were kept.</summary>
    Task<IReadOnlyList<DatasetView>> DatasetsAsync(string runId, CancellationToken cancellation);

    /// <summary>Which runs read a sample of the archive, the newest first.</summary>
    Task<IReadOnlyList<DatasetUse>> UsesAsync(long experienceId, CancellationToken cancellation);

    /// <summary>Faults that a training could learn from or be judged on, each block of a run once for each kind.</summary>
    Task<IReadOnlyList<ConfirmedFault>> FaultsAsync(CancellationToken cancellation);
}

public sealed record TrainingRequest
{
    /// <summary>Model name in the registry; its next release is made.</summary>
    public required string ModelName { get; init; }

    /// <summary>A named recipe: <c>reconstruction</c> learns from windows not labelled anomalous;
    /// <c>anomaly-logit</c> also learns from labels.</summary>
    public required string Recipe { get; init; }

    /// <summary>Model of which the candidate must be better; null for a first model.</summary>
    public string? ParentDigest { get; init; }

    /// <summary>Runs of machines kept out of the fit and used as the held-out test, by name, <c>*</c> standing for any
    /// characters; when empty, a quarter of all runs, or of the blocks of runs that go on, is, the same for good.</summary>
    public IReadOnlyList<string> HeldOutRuns { get; init; } = [];

    public long Seed { get; init; } = 1;

    /// <summary>0 to 9; the higher goes first, among equals the older.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>Not to begin before; null: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Null: from nothing.</summary>
    public TransferRequest? Transfer { get; init; }

    /// <summary>Null: a fit on the hub's experience.</summary>
    public FederatedRequest? Federated { get; init; }

    /// <summary>Null: a model is made.</summary>
    public SearchRequest? Search { get; init; }

    /// <summary>Agent or person.</summary>
    public required string RequestedBy { get; init; }
}

public sealed record TrainingRunView
{
    public required string RunId { get; init; }

    public required TrainingRequest Request { get; init; }

    /// <summary><c>queued</c>, <c>collecting</c>, <c>training</c>, <c>quantizing</c>, <c>evaluating</c>, <c>registered</c>,
    /// <c>rejected</c>, <c>failed</c>, <c>cancelled</c>, <c>searched</c>.</summary>
    public required string State { get; init; }

    /// <summary>0 to 1.</summary>
    public double Progress { get; init; }

    public string Message { get; init; } = "";

    /// <summary>What came of it, for whoever runs the fleet; empty until it was judged. <see cref="Message"/> says the same with every figure.</summary>
    public string Verdict { get; init; } = "";

    public string? CandidateDigest { get; init; }

    public int TrainingWindows { get; init; }

    /// <summary>Mean training loss of each epoch.</summary>
    public IReadOnlyList<double> LossCurve { get; init; } = [];

    /// <summary>Loss of each epoch on runs that the fit did not learn from; empty when there are too few runs to set some aside.</summary>
    public IReadOnlyList<double> ValidationCurve { get; init; } = [];

    /// <summary>The same for each truth apart (<c>normal</c> and <c>anomalous</c>, or the classes), by its
    /// name, and for each run of a machine, as <c>run NAME</c>: a mean hides that one of them is being lost.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>> SliceCurves { get; init; } = new Dictionary<string, IReadOnlyList<double>>();

    /// <summary>Federated rounds that ended; empty for a fit.</summary>
    public IReadOnlyList<FederatedRoundView> Rounds { get; init; } = [];

    /// <summary>All curves as an SVG picture, once the fit has ended; left out of lists.</summary>
    public string? Picture { get; init; }

    /// <summary>What the run reads; null until it begins.</summary>
    public DatasetBounds? Bounds { get; init; }

    /// <summary><c>fitted</c>, <c>validation</c> and <c>held-out</c>, each <c>sha256:hex</c> over rows and truth.</summary>
    public IReadOnlyDictionary<string, string> DataDigests { get; init; } = new Dictionary<string, string>();

    /// <summary>Who fitted it last; empty until somebody does.</summary>
    public string Worker { get; init; } = "";

    /// <summary>Of the hub that made the run.</summary>
    public string CodeVersion { get; init; } = "";

    /// <summary>Every setting of the fit by name, as text.</summary>
    public IReadOnlyDictionary<string, string> Hyperparameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The parent on the held-out slices.</summary>
    public IReadOnlyDictionary<string, SliceMetrics> ParentMetrics { get; init; } = new Dictionary<string, SliceMetrics>();

    public IReadOnlyDictionary<string, SliceMetrics> CandidateMetrics { get; init; } = new Dictionary<string, SliceMetrics>();

    /// <summary>What int8 cost layer by layer; empty until the run is evaluated.</summary>
    public IReadOnlyList<QuantizedLayerView> QuantizedLayers { get; init; } = [];

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}
