using Edge.Agent.Hosting.Status;
using Hmas.Testing;

namespace Edge.Tests.Hosting;

public sealed class TotalsFileTests : IDisposable
{
    private static readonly Totals Some = new(10, 2, 1, 5, 3);

    private readonly TempFolder _folder = new();

    [Fact]
    public void Counts_go_on_over_starts()
    {
        TotalsFile.Open(_folder.Path).Save(Some);
        var second = TotalsFile.Open(_folder.Path);
        second.Save(Some);
        second.Save(Some with { Samples = 11 });
        Assert.Equal(new Totals(21, 4, 2, 10, 6), TotalsFile.Open(_folder.Path).With(Totals.None));
    }

    [Theory]
    [InlineData("totals.a")]
    [InlineData("totals.b")]
    public void A_file_that_rots_costs_a_minute_of_counting_at_most(string rotten)
    {
        var file = TotalsFile.Open(_folder.Path);
        file.Save(Some);
        file.Save(Some with { Samples = 20 });
        File.WriteAllText(_folder.File(rotten), "rotten");
        Assert.InRange(TotalsFile.Open(_folder.Path).With(Totals.None).Samples, 10, 20);
    }

    [Fact]
    public void With_both_rotten_counting_begins_at_zero()
    {
        var file = TotalsFile.Open(_folder.Path);
        file.Save(Some);
        file.Save(Some);
        foreach (var name in (string[])["totals.a", "totals.b"]) File.WriteAllText(_folder.File(name), "rotten");
        Assert.Equal(Totals.None, TotalsFile.Open(_folder.Path).With(Totals.None));
    }

    public void Dispose() => _folder.Dispose();
}
