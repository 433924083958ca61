using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hmas.Signals.Streaming;

namespace Cloud.Hub.Learning.Corpora.Nab;

/// <summary>Numenta's benchmark of single streams, by the device's <see cref="NoveltyDetector"/>: nothing is
/// trained; the labelled streams choose one threshold per profile.</summary>
internal sealed class NabCorpus : ICorpus
{
    private const string ThresholdsFile = "thresholds.json";

    public string Name => "nab";

    public string About => "anomalies on one channel, as the stream comes (Numenta Anomaly Benchmark)";

    public string Folder => "nab";

    public void Score(ScoreRequest request, CancellationToken cancellation)
    {
        var files = NabFolder.Read(request.Data);
        var labelled = request.LeavesOut ? files : NabFolder.Read(request.TrainData);
        var known = labelled.Where(file => file.Windows is not null).Select(file => Detect(file, cancellation)).ToList();
        if (known.Count == 0) throw new CorpusException($"{request.TrainData}: no stream with known windows to choose the thresholds by");
        var thresholds = NabProfile.All.ToDictionary(profile => profile.Name, profile => NabScorer.BestThreshold(known, profile));
        File.WriteAllText(Path.Combine(request.Out, ThresholdsFile), JsonSerializer.Serialize(thresholds));

        var started = Stopwatch.GetTimestamp();
        var scored = files.Select(file => Detect(file, cancellation)).ToList();
        var perValue = Stopwatch.GetElapsedTime(started).TotalMicroseconds / files.Sum(file => file.Values.Count);
        foreach (var (file, scores) in scored) Write(request.Out, file, scores);
        Report(request, known, scored.Where(stream => stream.File.Windows is not null).ToList(), thresholds);
        request.Report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"state {NoveltyDetector.StateBytes} bytes, no learnt parameters, no model (so no int8 twin), {perValue:0.00} µs per value"));
    }

    /// <summary>A stream's scores as they are written: rounded first, so that a threshold taken from them means the same to every reader.</summary>
    internal static ScoredStream Detect(NabFile file, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var detector = new NoveltyDetector();
        return new ScoredStream(file, [.. file.Values.Select(value => Math.Round(detector.Add(value), 6))]);
    }

    private static void Write(string folder, NabFile file, IReadOnlyList<double> scores)
    {
        var path = Path.Combine(folder, file.Key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        writer.WriteLine("timestamp,anomaly_score");
        for (var i = 0; i < scores.Count; i++)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Stamps[i]},{scores[i]:0.######}"));
    }

    private static void Report(
        ScoreRequest request, List<ScoredStream> known, List<ScoredStream> scored,
        Dictionary<string, double> thresholds)
    {
        foreach (var profile in NabProfile.All)
        {
            var threshold = thresholds[profile.Name];
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{profile.Name}: threshold {threshold:0.######} from {known.Count} labelled streams (there {NabScorer.At(known, profile, threshold)})");
            if (scored.Count > 0 && request.LeavesOut)
            {
                var left = known.Aggregate(default(NabScore), (sum, stream) => sum + LeftOut(known, stream, profile));
                line += $"; each stream by the threshold of the others: {left}";
            }
            else if (scored.Count > 0)
            {
                line += $"; scored: {NabScorer.At(scored, profile, threshold)}";
            }

            request.Report.WriteLine(line);
        }
    }

    private static NabScore LeftOut(List<ScoredStream> all, ScoredStream stream, NabProfile profile) =>
        NabScorer.At([stream], profile, NabScorer.BestThreshold([.. all.Where(other => other.File != stream.File)], profile));
}
