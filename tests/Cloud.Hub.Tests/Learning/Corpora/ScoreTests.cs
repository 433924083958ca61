using System.Globalization;
using System.Text.RegularExpressions;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Gas;
using Cloud.Hub.Learning.Corpora.Hapt;
using Cloud.Hub.Learning.Corpora.Occupancy;
using Hmas.Testing;
using Xunit.Abstractions;

namespace Cloud.Hub.Tests.Learning.Corpora;

public sealed partial class ScoreTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _train = new();
    private readonly TempFolder _data = new();
    private readonly TempFolder _out = new();

    [Fact]
    public void A_room_with_an_open_door_is_read_right_by_a_model_that_saw_a_closed_one()
    {
        SimulatedSets.Room(_train.File("training.csv"), 2000, seed: 1, exchange: 0.0085);
        SimulatedSets.Room(_data.File("test9.csv"), 1000, seed: 2, exchange: 0.03);

        var report = Score(new OccupancyCorpus());

        Assert.InRange(Accuracy(report), 90, 100);
        Assert.Equal(1001, File.ReadAllLines(_out.File("test9.csv")).Length);
        Assert.InRange(LossOfInt8(report), -0.5, 0.5);
    }

    [Fact]
    public void A_gas_that_recent_batches_lack_is_still_known_where_the_others_show_the_drift()
    {
        SimulatedSets.Gas(_train.File("batch1.csv"), 1, 180);
        SimulatedSets.Gas(_train.File("batch2.csv"), 6, 180, only: [1, 2, 3, 4, 5]);
        SimulatedSets.Gas(_data.File("batch3.csv"), 7, 60, only: [6]);

        var report = Score(new GasCorpus());

        Assert.InRange(Accuracy(report), 90, 100);
        Assert.Equal("index,label,prediction", File.ReadLines(_out.File("batch3.csv")).First());
        // 60 rows without the 20 that were labelled.
        Assert.Equal(41, File.ReadLines(_out.File("batch3.20-labels.csv")).Count());
        Assert.Contains("drift alarm at its row", report);
    }

    [Fact]
    public void A_person_that_the_fit_did_not_see_is_read_right()
    {
        for (var user = 1; user <= 5; user++) SimulatedSets.Person(_train.File($"exp0{user}_user0{user}.csv"), user);
        SimulatedSets.Person(_data.File("exp09_user09.csv"), 9);

        var report = Score(new HaptCorpus());

        Assert.InRange(Accuracy(report), 90, 100);
        // 400 rows of one label hold five whole windows of 128 rows at steps of 64, or four where the steps fall badly.
        Assert.InRange(File.ReadAllLines(_out.File("exp09_user09.csv")).Length, 25, 31);
    }

    [Fact]
    public void The_same_command_twice_writes_the_same_bytes()
    {
        SimulatedSets.Room(_train.File("training.csv"), 1200, seed: 1, exchange: 0.0085);
        SimulatedSets.Room(_train.File("test1.csv"), 600, seed: 2, exchange: 0.0085);
        Score(new OccupancyCorpus(), _train.Path);
        var first = File.ReadAllBytes(_out.File("test1.csv"));
        Score(new OccupancyCorpus(), _train.Path);
        Assert.Equal(first, File.ReadAllBytes(_out.File("test1.csv")));
    }

    [Fact]
    public void The_recorded_office_stays_above_the_best_published_model_without_light_and_time()
    {
        if (RecordedData.Folder("occupancy") is not { } folder)
        {
            output.WriteLine("the recorded office is not here; the simulated rooms above stand for it");
            return;
        }

        using var report = new StringWriter(CultureInfo.InvariantCulture);
        new OccupancyCorpus().Score(new ScoreRequest(folder, folder, _out.Path, report), CancellationToken.None);
        Assert.True(Accuracy(report.ToString()) > 88.2, report.ToString());
    }

    [Theory]
    [InlineData("CO2", "co2", "column 'CO2' is missing")]
    [InlineData("430", "abc", "row 2, CO2: 'abc' is not a finite number")]
    [InlineData("430", "NaN", "row 2, CO2: 'NaN' is not a finite number")]
    [InlineData(",0\n", ",2\n", "row 2, Occupancy: '2' is not one of 0 to 1")]
    [InlineData(",0\n", ",0,1\n", "row 2: 4 fields, the header has 3")]
    public void Bad_values_are_refused_by_file_row_and_field(string old, string bad, string reason)
    {
        var good = "Temperature,CO2,Occupancy\n21,430,0\n21,900,1\n";
        var at = good.IndexOf(old, StringComparison.Ordinal);
        File.WriteAllText(_train.File("training.csv"), good[..at] + bad + good[(at + old.Length)..]);
        var error = Assert.Throws<CorpusException>(() => Score(new OccupancyCorpus(), _train.Path));
        Assert.Contains(reason, error.Message);
        Assert.Contains("training.csv", error.Message);
    }

    [Fact]
    public void One_class_only_is_refused()
    {
        File.WriteAllText(_train.File("training.csv"), "CO2,Occupancy\n430,0\n900,0\n");
        Assert.Contains("at least two classes", Assert.Throws<CorpusException>(() => Score(new OccupancyCorpus(), _train.Path)).Message);
    }

    [Fact]
    public void A_recording_shorter_than_a_window_is_refused()
    {
        File.WriteAllText(_train.File("exp01_user01.csv"), "ax,ay,az,activity\n1,2,3,1\n");
        Assert.Contains("exp01_user01.csv: 1 rows, a window needs 128", Assert.Throws<CorpusException>(() => Score(new HaptCorpus())).Message);
    }

    public void Dispose()
    {
        _train.Dispose();
        _data.Dispose();
        _out.Dispose();
    }

    private string Score(ICorpus corpus, string? data = null)
    {
        using var report = new StringWriter(CultureInfo.InvariantCulture);
        corpus.Score(new ScoreRequest(data ?? _data.Path, _train.Path, _out.Path, report), CancellationToken.None);
        return report.ToString();
    }

    private static double Accuracy(string report) => double.Parse(AllFiles().Match(report).Groups[1].Value, CultureInfo.InvariantCulture);

    private static double LossOfInt8(string report) => double.Parse(Twin().Match(report).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"all files: accuracy ([\d.]+) %")]
    private static partial Regex AllFiles();

    [GeneratedRegex(@"int8 minus float ([-+\d.]+) points")]
    private static partial Regex Twin();
}
