using System.Globalization;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Skab;
using Hmas.Testing;
using Xunit.Abstractions;

namespace Cloud.Hub.Tests.Learning.Corpora;

/// <summary>On simulated experiments: noise in every channel, and a fault that shifts two of them from row 520 to 640 of 760.</summary>
public sealed class SkabTests(ITestOutputHelper output) : IDisposable
{
    private const int Rows = 760;
    private const int FaultFrom = 520;
    private const int FaultTo = 640;
    private readonly TempFolder _folder = new();

    [Fact]
    public void A_file_without_labels_is_scored_by_a_model_of_the_labelled_ones()
    {
        for (var i = 0; i < 3; i++) Write("train", $"valve1/{i}.csv", seed: i, labelled: true);
        Write("new", "other/7.csv", seed: 9, labelled: false);
        var report = new StringWriter();
        new SkabCorpus().Score(new ScoreRequest(_folder.File("new"), _folder.File("train"), _folder.File("out"), report), CancellationToken.None);

        var lines = File.ReadAllLines(Path.Combine(_folder.File("out"), "other", "7.csv"));
        Assert.Equal("index,anomaly_score,anomaly_pred,changepoint_pred", lines[0]);
        var alarms = lines.Skip(1).Select(line => line.Split(',')[2] == "1").ToList();
        Assert.Equal(Rows, alarms.Count);
        Assert.DoesNotContain(true, alarms.Take(SkabFile.CalibrationRows));
        var (caught, early) = (alarms.Skip(FaultFrom).Take(FaultTo - FaultFrom).Count(a => a), alarms.Take(FaultFrom).Count(a => a));
        Assert.True(caught > 90 && early < 12, $"{caught} of 120 faulty rows, {early} of 120 healthy rows before them: {report}");
        Assert.Contains("predictions only", report.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Every machine here runs at a level of its own.</summary>
    [Fact]
    public void A_new_machine_needs_its_own_calibration_and_fifty_windows_give_it()
    {
        for (var i = 0; i < 3; i++) Write("train", $"valve1/{i}.csv", seed: i, labelled: true, level: 1 + i);
        var report = new StringWriter();
        SkabAdaptation.Run(_folder.File("train"), windows: 50, report, CancellationToken.None);
        var f1 = report.ToString().Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(line => double.Parse(line.Split('|')[2], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(5, f1.Count);
        Assert.True(f1[1] > f1[0] + 0.1 && f1[4] > f1[0] + 0.1, report.ToString());
    }

    [Fact]
    public void Files_of_one_class_are_refused_in_words()
    {
        Write("train", "valve1/0.csv", seed: 1, labelled: true, fault: 0);
        var request = new ScoreRequest(_folder.File("train"), _folder.File("train"), _folder.File("out"), TextWriter.Null);
        Assert.Throws<CorpusException>(() => new SkabCorpus().Score(request, CancellationToken.None));
    }

    [Fact]
    public void Changepoints_at_once_score_100_and_silence_0_and_each_false_one_costs()
    {
        var file = Simulated(FaultFrom, FaultTo);
        Assert.Equal(0, ChangepointScore.Of(file, new bool[Rows]).Normalised, 9);
        var exact = file.Changepoints!.ToArray();
        Assert.Equal(100, ChangepointScore.Of(file, exact).Normalised, 9);
        exact[450] = true;
        exact[100] = true;
        Assert.Equal(new ChangepointScore(2 - 0.11, 2, 0, 1), ChangepointScore.Of(file, exact));
    }

    [Fact]
    public void Of_overlapping_changepoints_the_later_window_is_cut()
    {
        var late = new bool[Rows];
        late[FaultFrom] = true;
        var score = ChangepointScore.Of(Simulated(FaultFrom, FaultFrom + 30), late);
        Assert.Equal((2, 1, 0), (score.Windows, score.Missed, score.False));
    }

    [Fact]
    public void The_recorded_changepoints_themselves_score_what_the_reference_says()
    {
        if (RecordedData.Folder("skab") is not { } folder)
        {
            output.WriteLine("no recording of SKAB here: not checked against the reference");
            return;
        }

        var files = SkabFolder.Read(folder);
        var score = files.Aggregate(default(ChangepointScore), (sum, file) => sum + ChangepointScore.Of(file, file.Changepoints!));
        // 92.9 on the whole corpus, less than 100 because overlapping windows are cut.
        Assert.InRange(score.Normalised, 90, 98);
        Assert.Equal(0, score.False);
    }

    public void Dispose() => _folder.Dispose();

    private static SkabFile Simulated(params int[] changes) => new(
        "other/1", [.. Enumerable.Range(0, Rows).Select(Stamp)], new float[Rows * SkabFolder.Channels.Count], new bool[Rows],
        [.. Enumerable.Range(0, Rows).Select(row => changes.Contains(row))]);

    private static DateTime Stamp(int row) => new DateTime(2020, 3, 1).AddSeconds(row);

    private void Write(string set, string key, int seed, bool labelled, double fault = 4, double level = 10)
    {
        var path = Path.Combine(_folder.File(set), key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var random = new Random(seed);
        var lines = Enumerable.Range(0, Rows).Select(row =>
        {
            var faulty = row is >= FaultFrom and < FaultTo;
            var values = SkabFolder.Channels.Select((_, c) => (c + 1) * (level + random.NextDouble() + (faulty && (c is 0 or 5) ? fault : 0)));
            var truth = faulty && fault > 0 ? 1 : 0;
            var change = fault > 0 && (row is FaultFrom or FaultTo) ? 1 : 0;
            var text = string.Join(';', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
            return string.Create(CultureInfo.InvariantCulture, $"{Stamp(row):yyyy-MM-dd HH:mm:ss};{text}") + (labelled ? $";{truth};{change}" : "");
        });
        File.WriteAllLines(path, lines.Prepend($"datetime;{string.Join(';', SkabFolder.Channels)}" + (labelled ? ";anomaly;changepoint" : "")));
    }
}
