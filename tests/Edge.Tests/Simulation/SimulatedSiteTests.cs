using Edge.Sensors.Replay;
using Edge.Sensors.Simulation;
using Hmas.Contracts.Sensing;
using Hmas.Testing;

namespace Edge.Tests.Simulation;

public sealed class SimulatedSiteTests
{
    [Fact]
    public void A_site_has_17_experiments_with_400_healthy_rows_before_one_fault()
    {
        using var folder = new TempFolder();
        var paths = SimulatedSite.WriteRecordings(folder.Path, 42, new SimulatedSiteOptions { HealthyRows = 500 });
        Assert.Equal(18, paths.Count);
        Assert.Equal(500, Truth(paths[0], labelled: false).Count);
        foreach (var path in paths.Skip(1))
        {
            var truth = Truth(path, labelled: true);
            Assert.InRange(truth.Count, 800, 1150);
            Assert.DoesNotContain(true, truth.Take(400));
            Assert.Equal(2, truth.Zip(truth.Skip(1)).Count(pair => pair.First != pair.Second));
        }
    }

    [Fact]
    public void The_same_seed_writes_the_same_bytes()
    {
        using var one = new TempFolder();
        using var two = new TempFolder();
        var options = new SimulatedSiteOptions { HealthyRows = 10 };
        var first = SimulatedSite.WriteRecordings(one.Path, 1, options).Select(File.ReadAllText);
        Assert.Equal(first, SimulatedSite.WriteRecordings(two.Path, 1, options).Select(File.ReadAllText));
    }

    private static List<bool> Truth(string path, bool labelled)
    {
        var layout = RecordingLayout.Skab;
        if (labelled) layout = layout with { Columns = [.. layout.Columns, new RecordedColumn("anomaly", new SensorChannel("anomaly"))] };
        using var reader = RecordingReader.Open(path, layout);
        var row = new float[layout.Columns.Count];
        var truth = new List<bool>();
        while (reader.TryRead(row, out _)) truth.Add(labelled && row[^1] == 1);
        return truth;
    }
}
