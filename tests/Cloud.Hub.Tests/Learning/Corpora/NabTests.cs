using System.Globalization;
using System.Text.Json;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Nab;
using Hmas.Testing;
using Xunit.Abstractions;

namespace Cloud.Hub.Tests.Learning.Corpora;

public sealed class NabTests(ITestOutputHelper output) : IDisposable
{
    private static readonly NabProfile Standard = NabProfile.All[0];
    private readonly TempFolder _folder = new();

    [Fact]
    public void Silence_scores_0_and_the_first_row_of_every_window_100()
    {
        var file = Stream(1000, (400, 450), (700, 720));
        Assert.Equal(0, NabScorer.At([Detections(file)], Standard, 0.5).Normalised, 9);
        Assert.Equal(100, NabScorer.At([Detections(file, 400, 700)], Standard, 0.5).Normalised, 9);
    }

    [Fact]
    public void Detections_outside_of_windows_cost_their_price_by_distance_and_early_rows_nothing()
    {
        var file = Stream(1000, (400, 450));
        var none = NabScorer.At([Detections(file)], Standard, 0.5).Raw;
        Assert.Equal(none, NabScorer.At([Detections(file, 149)], Standard, 0.5).Raw, 9);
        Assert.Equal(none - 0.11, NabScorer.At([Detections(file, 150)], Standard, 0.5).Raw, 9);
        // One window width behind: 2/(1 + e^5) − 1 of the price.
        Assert.Equal(none + (0.11 * ((2 / (1 + Math.Exp(5))) - 1)), NabScorer.At([Detections(file, 500)], Standard, 0.5).Raw, 9);
        Assert.Equal(none - 0.11, NabScorer.At([Detections(file, 601)], Standard, 0.5).Raw, 9);
    }

    [Fact]
    public void The_chosen_threshold_keeps_the_hit_and_drops_the_false_alarms()
    {
        var file = Stream(1000, (400, 450));
        var scores = new double[1000];
        for (var i = 200; i < 380; i += 10) scores[i] = 0.3;
        scores[410] = 0.6;
        Assert.Equal(0.6, NabScorer.BestThreshold([new ScoredStream(file, scores)], Standard));
    }

    [Fact]
    public void Files_without_labels_get_predictions_by_the_thresholds_of_the_labelled_ones()
    {
        Write("train", labelled: true);
        Write("new", labelled: false);
        var report = new StringWriter();
        new NabCorpus().Score(new ScoreRequest(_folder.File("new"), _folder.File("train"), Made("out"), report), CancellationToken.None);

        var lines = File.ReadAllLines(Path.Combine(_folder.File("out"), "simulated", "a.csv"));
        Assert.Equal("timestamp,anomaly_score", lines[0]);
        Assert.Equal(1001, lines.Length);
        using var thresholds = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.File("out"), "thresholds.json")));
        var threshold = thresholds.RootElement.GetProperty("standard").GetDouble();
        var found = lines.Skip(1).Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)).ToList()
            .FindIndex(score => score >= threshold);
        Assert.Equal(600, found);
        Assert.Contains("µs per value", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_whose_edge_is_no_row_is_refused_by_name()
    {
        Write("train", labelled: true);
        File.WriteAllText(
            Path.Combine(_folder.File("train"), "labels", "combined_windows.json"),
            """{"simulated/a.csv":[["2020-01-01 00:00:00","1999-01-01 00:00:00"]]}""");
        var refused = Assert.Throws<CorpusException>(() => NabFolder.Read(_folder.File("train")));
        Assert.Contains("1999-01-01", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_gives_the_published_raw_scores_of_published_detectors()
    {
        if (RecordedData.Folder("nab") is not { } folder)
        {
            output.WriteLine("no recording of NAB here: not checked against published scores");
            return;
        }

        var files = NabFolder.Read(folder).ToDictionary(file => file.Key);
        foreach (var line in File.ReadLines(Path.Combine(folder, "published", "file_scores.csv")).Skip(1).Select(line => line.Split(',')))
        {
            var scores = NumberTable.Read(Path.Combine(folder, "published", line[0], line[2])).Numbers("anomaly_score");
            var stream = new ScoredStream(files[line[2]], [.. scores.Select(score => Math.Round(score, 6))]);
            var profile = NabProfile.All.Single(p => p.Name == line[1]);
            var raw = NabScorer.At([stream], profile, Math.Round(Number(line[3]), 6)).Raw;
            Assert.True(Math.Abs(raw - Number(line[4])) < 1e-6, $"{line[0]}, {line[1]}, {line[2]}: expected {line[4]}, got {raw}");
        }
    }

    [Fact]
    public void The_recorded_streams_score_above_every_published_detector()
    {
        if (RecordedData.Folder("nab") is not { } folder)
        {
            output.WriteLine("no recording of NAB here: nothing to score");
            return;
        }

        var known = NabFolder.Read(folder).Select(file => NabCorpus.Detect(file, CancellationToken.None)).ToList();
        var score = NabScorer.At(known, Standard, NabScorer.BestThreshold(known, Standard));
        // ARTime, the best published, has 67.1 with its threshold chosen on these 18 files, and 74.9 on all 58.
        Assert.True(score.Normalised > 74.9, $"NAB standard on the development files: {score}");
    }

    public void Dispose() => _folder.Dispose();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static NabFile Stream(int rows, params (int, int)[] windows) => new("a/b.csv", new string[rows], new double[rows], windows);

    private static ScoredStream Detections(NabFile file, params int[] rows)
    {
        var scores = new double[file.Values.Count];
        foreach (var row in rows) scores[row] = 1;
        return new ScoredStream(file, scores);
    }

    private string Made(string name) => Directory.CreateDirectory(_folder.File(name)).FullName;

    private void Write(string name, bool labelled)
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder.File(name), "data", "simulated")).FullName;
        var start = new DateTime(2020, 1, 1);
        var lines = Enumerable.Range(0, 1000)
            .Select(i => string.Create(
                CultureInfo.InvariantCulture, $"{start.AddMinutes(5 * i):yyyy-MM-dd HH:mm:ss},{(i == 600 ? 50 : Math.Sin(i / 5.0))}"));
        File.WriteAllLines(Path.Combine(data, "a.csv"), lines.Prepend("timestamp,value"));
        if (!labelled) return;
        var labels = Directory.CreateDirectory(Path.Combine(_folder.File(name), "labels")).FullName;
        File.WriteAllText(
            Path.Combine(labels, "combined_windows.json"),
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"simulated/a.csv":[["{{start.AddMinutes(5 * 550):yyyy-MM-dd HH:mm:ss}}.000000","{{start.AddMinutes(5 * 650):yyyy-MM-dd HH:mm:ss}}.000000"]]}"""));
    }
}
