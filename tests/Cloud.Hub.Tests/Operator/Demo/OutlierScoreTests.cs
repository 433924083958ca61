using System.Globalization;
using System.Text.RegularExpressions;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Operator.Cli.Demo.Scoring;
using Operator.Cli.Demo.Site;
using Xunit.Abstractions;

namespace Cloud.Hub.Tests.Operator.Demo;

public sealed partial class OutlierScoreTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_training_rows_of_a_recording_do_not_count()
    {
        var truth = new bool[OutlierScore.TrainingRows + 4];
        var alarms = new bool[truth.Length];
        alarms.AsSpan(0, OutlierScore.TrainingRows).Fill(true);
        (truth[400], alarms[400]) = (true, true);
        (truth[401], alarms[401]) = (true, false);
        (truth[402], alarms[402]) = (false, true);

        var counts = OutlierScore.Of(truth, alarms);

        Assert.Equal(new Confusion(1, 1, 1, 1), counts);
        Assert.Equal((0.5, 0.5, 0.5), (counts.ToMetrics().F1, counts.ToMetrics().FalseAlarmRate, counts.ToMetrics().MissedAlarmRate));
    }

    [Fact]
    public void Answers_of_another_recording_are_refused() => Assert.Throws<ArgumentException>(() => OutlierScore.Of(new bool[500], new bool[499]));

    /// <summary>The benchmark's own script is the judge.</summary>
    [Fact]
    public async Task It_counts_as_the_benchmarks_own_script_does()
    {
        var script = RecordedData.Folder("../score") is { } scores ? Path.Combine(scores, "score_skab.py") : "";
        if (!File.Exists(script) || RecordedData.Folder("skab") is not { } data)
        {
            output.WriteLine("the recordings and their script are not here; the rule itself is tested above");
            return;
        }

        var random = new Random(20_201);
        var pooled = default(Confusion);
        foreach (var file in new[] { "valve1", "valve2", "other" }.SelectMany(group => Directory.EnumerateFiles(Path.Combine(data, group), "*.csv")))
        {
            var recording = Recording.Read(file);
            // Alarms that know the truth in part, so that every count is far from zero.
            var alarms = recording.Anomalous.Select(anomalous => random.NextDouble() < (anomalous ? 0.7 : 0.2)).ToArray();
            pooled += OutlierScore.Of(recording.Anomalous, alarms);
            var answers = _folder.File(Path.Combine(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileName(file)));
            Directory.CreateDirectory(Path.GetDirectoryName(answers)!);
            await File.WriteAllLinesAsync(answers, alarms.Select(static alarm => alarm ? "1" : "0").Prepend("anomaly_pred"));
        }

        var said = (await Tool.RunAsync("/usr/bin/python3", script, "--truth", data, "--pred", _folder.Path)).Output;
        var all = AllFiles().Match(said);
        Assert.True(all.Success, said);
        var ours = pooled.ToMetrics();
        Assert.Equal(all.Groups["f1"].Value, Text(ours.F1, "0.0000"));
        Assert.Equal(all.Groups["far"].Value, Text(100 * ours.FalseAlarmRate, "0.00"));
        Assert.Equal(all.Groups["mar"].Value, Text(100 * ours.MissedAlarmRate, "0.00"));
        Assert.Equal(all.Groups["points"].Value, ours.Rows.ToString(CultureInfo.InvariantCulture));
    }

    private static string Text(double? value, string format) => value!.Value.ToString(format, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"all files .*\((?<f1>[\d.]+)\)\s+FAR\s+(?<far>[\d.]+) %\s+MAR\s+(?<mar>[\d.]+) %\s+points (?<points>\d+)")]
    private static partial Regex AllFiles();
}
