using System.Globalization;
using Hmas.Testing;
using Operator.Cli.Demo.Site;

namespace Cloud.Hub.Tests.Operator.Demo;

public sealed class RecordingSetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public RecordingSetTests()
    {
        Write("anomaly-free/healthy.csv", rows: 30, anomalous: 0);
        for (var i = 0; i < 10; i++) Write($"valve/{i}.csv", rows: 20, anomalous: 5);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_recording_is_both_lived_and_unseen_and_none_is_left_out()
    {
        var set = RecordingSet.Read("test", _folder.Path, devices: 3);
        Assert.Equal(3, set.Unseen.Count);
        Assert.Equal(2, set.HoldOut.Count);
        Assert.Equal(5, set.Training.Count);
        Assert.Equal(10, set.Unseen.Concat(set.HoldOut).Concat(set.Training).Select(static recording => recording.Name).Distinct().Count());
        Assert.Equal("anomaly-free-healthy", set.Healthy.Name);
    }

    [Fact]
    public void The_choice_is_the_same_every_time() => Assert.Equal(
        RecordingSet.Read("test", _folder.Path, 3).Unseen.Select(static recording => recording.Name),
        RecordingSet.Read("test", _folder.Path, 3).Unseen.Select(static recording => recording.Name));

    [Fact]
    public void Too_few_recordings_are_refused_with_their_number()
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => RecordingSet.Read("test", _folder.Path, devices: 6));
        Assert.Contains("holds 10 experiments; 6 devices need 12", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_healthy_recording_there_is_nothing_to_calibrate_on()
    {
        File.Delete(_folder.File("anomaly-free/healthy.csv"));
        Assert.Contains(
            "anomaly-free holds no recording", Assert.Throws<InvalidOperationException>(() => RecordingSet.Read("test", _folder.Path, 2)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_a_time_is_named_by_file_and_line()
    {
        File.AppendAllText(_folder.File("valve/3.csv"), "soon;1;0\n");
        var refusal = Assert.Throws<FormatException>(() => RecordingSet.Read("test", _folder.Path, 2));
        Assert.Contains("3.csv:22: 'soon' is no time", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_cover_the_run_without_hole_or_overlap_at_the_runs_own_time()
    {
        var labels = RecordingSet.Read("test", _folder.Path, 3).Training[0].Labels("pump-1", "run", startUs: 5_000_000);
        Assert.Equal(
            [("normal", 5_000_000L, 19_000_000L), ("anomaly", 20_000_000L, 24_000_000L)],
            labels.Select(static label => (label.Label, label.FromUs, label.ToUs)));
    }

    private void Write(string name, int rows, int anomalous)
    {
        var file = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var start = new DateTime(2020, 3, 9, 12, 0, 0, DateTimeKind.Utc);
        File.WriteAllLines(file, Enumerable.Range(0, rows)
            .Select(row => string.Create(
                CultureInfo.InvariantCulture, $"{start.AddSeconds(row):yyyy-MM-dd HH:mm:ss};{row};{(row >= rows - anomalous ? 1 : 0)}.0"))
            .Prepend("datetime;Pressure;anomaly"));
    }
}
