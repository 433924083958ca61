using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Training;

public class LaneWorkersTests
{
    private static readonly Lane[] Lanes = [new Lane(0), new Lane(1), new Lane(2), new Lane(3)];

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(3, 4)]
    public void Every_lane_runs_once_in_every_round(int workers, int lanes)
    {
        const int Rounds = 2000;
        using var threads = new LaneWorkers(workers);
        var runs = new int[Lanes.Length];
        for (var round = 1; round <= Rounds; round++)
        {
            threads.Run(Lanes, lanes, lane => Interlocked.Increment(ref runs[lane.Index]));
            Assert.All(runs[..lanes], count => Assert.Equal(round, count));
        }

        Assert.All(runs[lanes..], count => Assert.Equal(0, count));
    }

    [Fact]
    public void What_a_lane_throws_reaches_the_caller_after_the_others_ended_and_the_next_round_runs()
    {
        using var threads = new LaneWorkers(1);
        var ended = 0;
        for (var faulty = 0; faulty < Lanes.Length; faulty++)
        {
            var place = faulty;
            ended = 0;
            var thrown = Assert.Throws<InvalidOperationException>(() => threads.Run(Lanes, Lanes.Length, lane =>
            {
                if (lane.Index == place) throw new InvalidOperationException($"lane {place}");
                Interlocked.Increment(ref ended);
            }));
            Assert.Equal($"lane {place}", thrown.Message);
            Assert.Equal(Lanes.Length - 1, ended);
        }

        threads.Run(Lanes, Lanes.Length, _ => Interlocked.Increment(ref ended));
        Assert.Equal((2 * Lanes.Length) - 1, ended);
    }
}
