using Cloud.Hub.Learning.Federated;

namespace Cloud.Hub.Tests.Learning.Federated;

public sealed class FederatedServerTests
{
    private static readonly float[] Head = [1, 2, 3];

    [Fact]
    public void Updates_are_weighted_by_their_windows_up_to_a_bound()
    {
        var server = Server(new FederatedSettings { Aggregation = Aggregation.Mean, MinClients = 2, MaxWeight = 30, MaxNorm = 100 });
        var report = server.Close([Update("a", [3, 0, 0], samples: 10), Update("b", [-1, 0, 0], samples: 1_000_000)]);
        Assert.Equal(40, report.Windows);
        Assert.Equal([1 + (((10 * 3) - (30 * 1)) / 40f), 2, 3], server.Head.ToArray());
        Assert.Equal(2, server.Round);
    }

    [Theory]
    [InlineData("TrimmedMean")]
    [InlineData("Median")]
    public void One_poisoned_device_in_ten_moves_no_value_beyond_what_honest_ones_sent(string aggregation)
    {
        var server = Server(new FederatedSettings { Aggregation = Enum.Parse<Aggregation>(aggregation), MaxNorm = 1000 });
        var honest = Enumerable.Range(0, 9).Select(i => Update($"h{i}", [0.1f * i, 0.5f, -0.1f * i]));
        server.Close([.. honest, Update("poisoned", [500, -500, 500])]);
        Assert.InRange(server.Head[0], 1, 1.8f);
        Assert.Equal(2.5f, server.Head[1], 5);
        Assert.InRange(server.Head[2], 2.2f, 3);
    }

    [Fact]
    public void A_mean_without_a_bound_is_moved_by_one_poisoned_device_which_is_why_it_is_not_the_default()
    {
        var server = Server(new FederatedSettings { Aggregation = Aggregation.Mean, MaxNorm = float.MaxValue });
        server.Close([.. Enumerable.Range(0, 9).Select(i => Update($"h{i}", [0, 0, 0])), Update("poisoned", [500, 0, 0])]);
        Assert.Equal(51, server.Head[0], 3);
        Assert.Equal(Aggregation.TrimmedMean, new FederatedSettings().Aggregation);
    }

    [Fact]
    public void An_update_longer_than_can_be_meant_well_and_one_of_a_device_that_was_not_asked_are_refused()
    {
        var server = Server(new FederatedSettings { MinClients = 1, MaxNorm = 1, RefusedNorm = 4 });
        var report = server.Close(
            [Update("good", [0.1f, 0, 0]), Update("long", [3, 0, 0]), Update("huge", [3e38f, 3e38f, 0]), Update("stranger", [0.1f, 0, 0])],
            new HashSet<string> { "good", "long", "huge" });
        Assert.Equal(["good", "long"], report.Accepted);
        Assert.Equal(1, report.Clipped);
        Assert.Equal(
            ["its norm is 4.243E+38, 4 at most can be meant well", "was not asked in this round"], report.Refused.Select(pair => pair.Reason));
    }

    [Fact]
    public void Every_update_that_cannot_count_is_refused_with_its_reason()
    {
        var server = Server(new FederatedSettings { MinClients = 1 });
        var report = server.Close(
        [
            Update("good", [0.1f, 0, 0]), Update("good", [0.2f, 0, 0]), Update("nan", [float.NaN, 0, 0]),
            Update("infinite", [0, float.PositiveInfinity, 0]),
            Update("late", [0, 0, 0], round: 0), Update("early", [0, 0, 0], round: 2), Update("short", [0, 0]), Update("idle", [0, 0, 0], samples: 0),
        ]);
        Assert.Equal(["good"], report.Accepted);
        var reasons = report.Refused.ToDictionary(pair => pair.Client, pair => pair.Reason);
        Assert.Contains("second", reasons["good"], StringComparison.Ordinal);
        Assert.Contains("not finite", reasons["nan"], StringComparison.Ordinal);
        Assert.Contains("not finite", reasons["infinite"], StringComparison.Ordinal);
        Assert.Contains("answers round 0, this is 1", reasons["late"], StringComparison.Ordinal);
        Assert.Contains("answers round 2", reasons["early"], StringComparison.Ordinal);
        Assert.Contains("2 values", reasons["short"], StringComparison.Ordinal);
        Assert.Contains("no window", reasons["idle"], StringComparison.Ordinal);
        Assert.Equal(1.1f, server.Head[0], 5);
    }

    [Fact]
    public void A_huge_update_is_scaled_down_to_the_bound_even_where_its_square_overflows()
    {
        var server = Server(new FederatedSettings { MinClients = 1, MaxNorm = 1 });
        var report = server.Close([Update("huge", [3e38f, 0, 0])]);
        Assert.Equal(1, report.Clipped);
        Assert.Equal(2, server.Head[0], 5);
    }

    [Fact]
    public void Too_few_devices_change_nothing_and_the_next_round_begins()
    {
        var server = Server(new FederatedSettings { MinClients = 3 });
        Assert.False(server.Close([Update("a", [1, 1, 1]), Update("b", [1, 1, 1])]).HasMoved);
        Assert.Equal(Head, server.Head.ToArray());
        Assert.Equal(2, server.Round);
    }

    [Fact]
    public void The_adaptive_server_moves_the_way_the_devices_point()
    {
        var server = Server(new FederatedSettings { ServerRate = 0.1f, MinClients = 1 });
        for (var round = 1; round <= 5; round++) server.Close([Update("a", [0.5f, -0.5f, 0], round: round)]);
        Assert.True(server.Head[0] > 1.3f && server.Head[1] < 1.7f, $"{server.Head[0]}, {server.Head[1]}");
        Assert.Equal(3, server.Head[2], 5);
    }

    private static FederatedServer Server(FederatedSettings settings) => new(Head, settings);

    private static ClientUpdate Update(string client, float[] delta, int samples = 20, int round = 1) => new(client, round, samples, delta);
}
