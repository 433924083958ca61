using System.Globalization;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>The Skoltech benchmark: faults of a water-circulation rig in six channels, live. Trained on labelled files, scored on
/// others; when both are one folder, every file is scored by a model that never saw it.</summary>
internal sealed class SkabCorpus : ICorpus
{
    /// <summary>Models that share out the files when they are scored and trained on.</summary>
    private const int Folds = 6;

    /// <summary>Rows cut away behind the calibration to show that no answer hangs on a row's number.</summary>
    private const int CutRows = 100;

    public string Name => "skab";

    public string About => "anomalies and changepoints of a pump rig (Skoltech Anomaly Benchmark)";

    public string Folder => "skab";

    public void Score(ScoreRequest request, CancellationToken cancellation)
    {
        var files = SkabFolder.Read(request.Data);
        var healthy = SkabFolder.AnomalyFree(request.TrainData);
        var totals = new SkabTotals();
        if (request.LeavesOut)
        {
            for (var fold = 0; fold < Folds; fold++)
            {
                var scored = files.Where((_, i) => i % Folds == fold).ToList();
                if (scored.Count > 0) Fold(request, scored, files.Except(scored), healthy, totals, cancellation);
            }
        }
        else
        {
            Fold(request, files, SkabFolder.Read(request.TrainData), healthy, totals, cancellation);
        }

        totals.Report(request.Report);
    }

    private static void Fold(
        ScoreRequest request, IReadOnlyList<SkabFile> scored, IEnumerable<SkabFile> training, float[] healthy, SkabTotals totals,
        CancellationToken cancellation)
    {
        var (model, precise, rounded, parameters) = SkabFit.Fit(training, healthy, cancellation);
        totals.Take(model, parameters);
        using var asFloat = new Detector(precise, model.Float, new SessionSettings());
        using var asInt8 = new Detector(rounded, model.Int8, new SessionSettings());
        foreach (var file in scored)
        {
            cancellation.ThrowIfCancellationRequested();
            var replay = SkabReplay.Run(asInt8, file);
            Write(request.Out, file, replay);
            if (file.Anomalous is not { } truth) continue;
            var twin = SkabReplay.Run(asFloat, file);
            var sooner = file.Without(SkabFile.CalibrationRows, SkabFile.CalibrationRows + CutRows);
            totals.Add(
                replay, twin, truth, SkabReplay.Run(asInt8, sooner).Against(sooner.Anomalous!),
                file.Changepoints is null ? null : ChangepointScore.Of(file, replay.Changes));
            request.Report.WriteLine($"{file.Key}: {SkabTotals.Text(replay.Against(truth))}");
        }
    }

    private static void Write(string folder, SkabFile file, SkabReplay replay)
    {
        var path = Path.Combine(folder, $"{file.Key}.csv");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        writer.WriteLine("index,anomaly_score,anomaly_pred,changepoint_pred");
        for (var row = 0; row < file.Count; row++)
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{row},{replay.Scores[row]:0.####},{(replay.Alarms[row] ? 1 : 0)},{(replay.Changes[row] ? 1 : 0)}"));
        }
    }
}
