using Edge.Agent.Experience;
using Hmas.Contracts.Commands;

namespace Edge.Tests.Experience;

public sealed class NearWatchTests
{
    private const int Rows = 10;
    private readonly NearWatch _watch = new();

    [Fact]
    public void Windows_within_the_radius_of_any_point_are_found_and_none_shares_a_row_with_the_last()
    {
        Assert.Empty(Found(0, 100, 5));
        _watch.Ask(new KeepNear([[0, 1], [5, 1]], Radius: 0.5f, Windows: 100, Within: 10_000));
        Assert.Equal([9, 19, 29], Found(9, 30, 5.6f));
        Assert.Empty(Found(40, 60, 5.8f));
        Assert.Equal([60], Found(60, 65, -0.7f));
        _watch.StartRun();
        Assert.Equal([9], Found(9, 12, 0));
    }

    [Fact]
    public void It_ends_with_the_windows_asked_for_or_looked_at_and_begins_again_when_asked_again()
    {
        _watch.Ask(new KeepNear([[0, 1]], 1, Windows: 2, Within: 10_000));
        Assert.Equal([0, 10], Found(0, 1000, 0));
        _watch.Ask(new KeepNear([[0, 1]], 1, Windows: 100, Within: 25));
        Assert.Equal([1000, 1010, 1020], Found(1000, 2000, 0));
        _watch.Ask(new KeepNear([[0, 1, 0, 1]], 1, Windows: 2, Within: 100));
        Assert.Empty(Found(3000, 3100, 0));
    }

    /// <summary>Frames of the windows found, of one channel with this mean and deviation 1.</summary>
    private List<int> Found(int from, int to, float mean) =>
        [.. Enumerable.Range(from, to - from).Where(frame => _watch.Finds([mean, 1], frame, Rows))];
}
