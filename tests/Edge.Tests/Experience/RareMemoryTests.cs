using Edge.Agent.Experience;

namespace Edge.Tests.Experience;

public sealed class RareMemoryTests
{
    private static readonly float[] Centre = [10];
    private static readonly float[] Scale = [2];
    private readonly RareMemory _memory = new(capacity: 2, channels: 1);

    [Fact]
    public void The_first_window_lies_infinitely_far_and_the_same_again_at_zero()
    {
        Assert.Equal(float.PositiveInfinity, Distance(12, 12));
        _memory.Keep();
        Assert.Equal(0, Distance(12, 12));
    }

    [Fact]
    public void Distance_is_the_root_mean_square_over_mean_and_deviation_in_units_of_the_calibration()
    {
        Distance(10, 10);
        _memory.Keep();
        // Mean 3 scales off, deviation 1 scale: sqrt((9 + 1) / 2).
        Assert.Equal(MathF.Sqrt(5), Distance(14, 18), 1e-5f);
    }

    [Fact]
    public void Missing_values_are_left_out_and_a_window_of_none_lies_at_the_centre()
    {
        Distance(14, 14);
        _memory.Keep();
        Assert.Equal(0, Distance(14, float.NaN));
        Assert.Equal(MathF.Sqrt(2), Distance(float.NaN, float.NaN), 1e-5f);
    }

    [Fact]
    public void The_oldest_point_makes_room_and_another_run_forgets_all()
    {
        foreach (var level in new[] { 10f, 20f, 30f })
        {
            Distance(level, level);
            _memory.Keep();
        }

        Assert.Equal(MathF.Sqrt(12.5f), Distance(10, 10), 1e-5f);
        _memory.Clear();
        Assert.Equal(float.PositiveInfinity, Distance(30, 30));
    }

    private float Distance(params float[] window) => _memory.Distance(window, Centre, Scale);
}
