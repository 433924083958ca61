using FsCheck.Xunit;
using Hmas.Signals.Streaming;

namespace Shared.Tests.Signals.Streaming;

public class RecordRangeTests
{
    private const int Horizon = 256;

    [Property(MaxTest = 100)]
    public void A_young_stream_is_remembered_whole(int seed, byte count)
    {
        var values = Plain.Noise(count + 1, seed);
        var (low, high) = Extremes(values);
        Assert.Equal((values.Min(), values.Max()), ((float)low, (float)high));
    }

    [Property(MaxTest = 100)]
    public void An_old_stream_forgets_what_lies_behind_the_horizon_and_nothing_of_its_last_fifteen_sixteenths(int seed, ushort more)
    {
        var values = Plain.Noise(Horizon + (more % 2000), seed);
        var (low, high) = Extremes(values);
        var near = values[^(Horizon * 15 / 16)..];
        var far = values[^Horizon..];
        Assert.True(low <= near.Min() && high >= near.Max(), $"{low}..{high} leaves out what the last {near.Length} of {values.Length} values show");
        Assert.True(low >= far.Min() && high <= far.Max(), $"{low}..{high} remembers more than {Horizon} of {values.Length} values");
    }

    private static (double Low, double High) Extremes(float[] values)
    {
        var range = new RecordRange(new double[RecordRange.StateLength], firstLength: 4, Horizon);
        foreach (var value in values) range.Add(value);
        return range.Extremes();
    }
}
