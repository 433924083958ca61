using Cloud.Hub.Learning.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using V1 = Cloud.Hub.Learning.Contract.V1;

namespace Cloud.Hub.Learning.Endpoints;

/// <summary>Between the door's records and their messages, both ways, for the endpoint and for clients.</summary>
internal static class LearningTranslation
{
    public static IEnumerable<V1.DatasetSource> ToWire(DatasetView part)
    {
        foreach (var source in part.Sources)
        {
            var wire = new V1.DatasetSource { Part = part.Part, Digest = part.Digest, Labels = part.Labels, DeviceId = source.DeviceId,
                MachineRun = source.MachineRun };
            wire.ExperienceIds.AddRange(source.ExperienceIds);
            yield return wire;
        }
    }

    public static IReadOnlyList<DatasetView> FromWire(string trainingRunId, IEnumerable<V1.DatasetSource> sources) =>
    [
        .. sources.GroupBy(static source => (source.Part, source.Digest, source.Labels)).Select(part => new DatasetView(
            trainingRunId, part.Key.Part, part.Key.Digest, part.Key.Labels,
            [.. part.Select(static source => new DatasetSource(source.DeviceId, source.MachineRun, [.. source.ExperienceIds]))])),
    ];

    public static TrainingRequest FromWire(V1.StartRequest request) => new()
    {
        ModelName = request.ModelName,
        Recipe = request.Recipe,
        ParentDigest = request.HasParentDigest ? request.ParentDigest : null,
        HeldOutRuns = [.. request.HeldOutRuns],
        Seed = request.Seed,
        RequestedBy = request.RequestedBy,
        Priority = request.HasPriority ? request.Priority : 5,
        NotBefore = request.HasNotBeforeUs ? DateTimeOffset.UnixEpoch.AddMicroseconds(request.NotBeforeUs) : null,
        Transfer = request.Transfer is { } transfer
            ? new TransferRequest { FrozenLayers = transfer.FrozenLayers, BodyRate = transfer.BodyRate } : null,
        Search = request.Search is { } search
            ? new SearchRequest { Trials = search.Trials, Strategy = search.Strategy, Halving = search.Halving } : null,
        Federated = request.Federated is { } federated ? FederatedTranslation.FromWire(federated) : null,
    };

    public static V1.StartRequest ToWire(TrainingRequest request)
    {
        var wire = new V1.StartRequest { ModelName = request.ModelName, Recipe = request.Recipe, Seed = request.Seed,
            RequestedBy = request.RequestedBy, Priority = request.Priority };
        if (request.NotBefore is { } begin) wire.NotBeforeUs = begin.ToUnixMicroseconds();
        if (request.Transfer is { } transfer) wire.Transfer = new V1.Transfer { FrozenLayers = transfer.FrozenLayers, BodyRate = transfer.BodyRate };
        if (request.Search is { } search)
            wire.Search = new V1.Search { Trials = search.Trials, Strategy = search.Strategy, Halving = search.Halving };
        if (request.Federated is { } federated) wire.Federated = FederatedTranslation.ToWire(federated);
        if (request.ParentDigest is { } parent) wire.ParentDigest = parent;
        wire.HeldOutRuns.AddRange(request.HeldOutRuns);
        return wire;
    }

    public static TrainingRunView FromWire(V1.TrainingRun run) => new()
    {
        RunId = run.RunId,
        Request = FromWire(run.Request),
        State = run.State,
        Progress = run.Progress,
        Message = run.Message,
        Verdict = run.Verdict,
        CandidateDigest = run.HasCandidateDigest ? run.CandidateDigest : null,
        TrainingWindows = run.TrainingWindows,
        LossCurve = [.. run.LossCurve],
        ParentMetrics = run.ParentMetrics.ToDictionary(pair => pair.Key, pair => FromWire(pair.Value)),
        CandidateMetrics = run.CandidateMetrics.ToDictionary(pair => pair.Key, pair => FromWire(pair.Value)),
        StartedAt = DateTimeOffset.UnixEpoch.AddMicroseconds(run.StartedAtUs),
        EndedAt = run.HasEndedAtUs ? DateTimeOffset.UnixEpoch.AddMicroseconds(run.EndedAtUs) : null,
        ValidationCurve = [.. run.ValidationCurve],
        Bounds = run.Bounds is { } bounds ? new DatasetBounds(bounds.LastExperienceId, bounds.Labels) : null,
        DataDigests = new Dictionary<string, string>(run.DataDigests),
        CodeVersion = run.CodeVersion,
        Worker = run.Worker,
        Rounds = [.. run.Rounds.Select(FederatedTranslation.FromWire)],
        SliceCurves = run.SliceCurves.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<double>)[.. pair.Value.Values]),
        Picture = run.HasPicture ? run.Picture : null,
        Hyperparameters = new Dictionary<string, string>(run.Hyperparameters),
        QuantizedLayers =
            [.. run.QuantizedLayers.Select(l => new QuantizedLayerView(
                l.Operation, l.WeightSqnrDb, l.ActivationSqnrDb, l.SaturatedShare, l.MedianUs))],
    };

    public static V1.TrainingRun ToWire(TrainingRunView run)
    {
        var wire = new V1.TrainingRun
        {
            RunId = run.RunId,
            Request = ToWire(run.Request),
            State = run.State,
            Progress = run.Progress,
            Message = run.Message,
            Verdict = run.Verdict,
            TrainingWindows = run.TrainingWindows,
            StartedAtUs = run.StartedAt.ToUnixMicroseconds(),
            CodeVersion = run.CodeVersion,
            Worker = run.Worker,
        };
        if (run.Picture is { } picture) wire.Picture = picture;
        if (run.CandidateDigest is { } digest) wire.CandidateDigest = digest;
        if (run.EndedAt is { } ended) wire.EndedAtUs = ended.ToUnixMicroseconds();
        if (run.Bounds is { } bounds) wire.Bounds = new V1.DatasetBounds { LastExperienceId = bounds.LastExperienceId, Labels = bounds.Labels };
        foreach (var (slice, curve) in run.SliceCurves)
        {
            var told = new V1.Curve();
            told.Values.AddRange(curve);
            wire.SliceCurves.Add(slice, told);
        }

        wire.Rounds.AddRange(run.Rounds.Select(FederatedTranslation.ToWire));
        wire.LossCurve.AddRange(run.LossCurve);
        wire.ValidationCurve.AddRange(run.ValidationCurve);
        wire.DataDigests.Add(new Dictionary<string, string>(run.DataDigests));
        wire.Hyperparameters.Add(new Dictionary<string, string>(run.Hyperparameters));
        wire.QuantizedLayers.AddRange(run.QuantizedLayers.Select(l => new V1.QuantizedLayer
        {
            Operation = l.Operation, WeightSqnrDb = l.WeightSqnrDb, ActivationSqnrDb = l.ActivationSqnrDb, SaturatedShare = l.SaturatedShare,
            MedianUs = l.MedianUs,
        }));
        foreach (var (name, metrics) in run.ParentMetrics) wire.ParentMetrics.Add(name, ToWire(metrics));
        foreach (var (name, metrics) in run.CandidateMetrics) wire.CandidateMetrics.Add(name, ToWire(metrics));
        return wire;
    }

    private static SliceMetrics FromWire(V1.SliceMetrics metrics) => new(
        metrics.Rows, metrics.AnomalousRows, metrics.HasF1 ? metrics.F1 : null, metrics.HasFalseAlarmRate ? metrics.FalseAlarmRate : null,
        metrics.HasMissedAlarmRate ? metrics.MissedAlarmRate : null)
    {
        Accuracy = metrics.HasAccuracy ? metrics.Accuracy : null,
        LifeError = metrics.HasLifeError ? metrics.LifeError : null,
        Held = metrics.HasHeld ? metrics.Held : null,
    };

    private static V1.SliceMetrics ToWire(SliceMetrics metrics)
    {
        var wire = new V1.SliceMetrics { Rows = metrics.Rows, AnomalousRows = metrics.AnomalousRows };
        if (metrics.F1 is { } f1) wire.F1 = f1;
        if (metrics.FalseAlarmRate is { } far) wire.FalseAlarmRate = far;
        if (metrics.MissedAlarmRate is { } mar) wire.MissedAlarmRate = mar;
        if (metrics.Accuracy is { } accuracy) wire.Accuracy = accuracy;
        if (metrics.LifeError is { } error) wire.LifeError = error;
        if (metrics.Held is { } held) wire.Held = held;
        return wire;
    }
}
