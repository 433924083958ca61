using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Tests.Learning.Datasets;

public sealed class WindowThinningTests
{
    [Theory]
    [InlineData(1000, 10, 100, 10, 90)]
    [InlineData(1000, 400, 100, 50, 50)]
    [InlineData(1000, 980, 100, 80, 20)]
    [InlineData(50, 20, 100, 20, 30)]
    [InlineData(1000, 0, 100, 0, 100)]
    public void The_rarer_truth_is_kept_whole_up_to_half_of_the_bound(int windows, int anomalous, int most, int keptAnomalous, int keptOthers)
    {
        var all = Enumerable.Range(0, windows).Select(i => new LabelledWindow([i], i * 7 % windows < anomalous, false)).ToList();
        var kept = WindowThinning.AtMost(all, most);
        Assert.Equal((keptAnomalous, keptOthers), (kept.Count(window => window.Anomalous == true), kept.Count(window => window.Anomalous != true)));
        Assert.Equal(kept.Select(window => window.Features[0]).Order().Distinct(), kept.Select(window => window.Features[0]));
    }
}
