using System.Runtime.InteropServices;
using Edge.Agent.Perception.Windows;
using Hmas.Contracts.Sensing;

namespace Edge.Tests.Perception.Windows;

public sealed class FrameAssemblerTests
{
    private const long Second = 1_000_000;
    private readonly Probe _probe = new();
    private readonly FrameAssembler _assembler;

    public FrameAssemblerTests() =>
        _assembler = new FrameAssembler(2, 1, new WindowOptions { Lateness = TimeSpan.FromSeconds(2), MaxGap = TimeSpan.FromSeconds(20) }, _probe);

    private List<(long Us, float A, float B)> Frames => _probe.Frames;

    [Fact]
    public void A_frame_leaves_as_soon_as_all_channels_are_there()
    {
        Add(0, 0, 1);
        Assert.Empty(Frames);
        Add(1, 0, 2);
        Assert.Equal([(0L, 1f, 2f)], Frames);
    }

    [Fact]
    public void Jitter_below_half_a_period_moves_no_sample_to_another_frame()
    {
        for (var i = 0; i < 5; i++)
        {
            Add(0, (i * Second) + (i % 2 == 0 ? 400_000 : -400_000) * Math.Sign(i), i);
            Add(1, (i * Second) + 300_000 * Math.Sign(i), i);
        }

        Assert.Equal([0f, 1f, 2f, 3f, 4f], Frames.Select(frame => frame.B));
        Assert.All(Frames, frame => Assert.Equal(frame.A, frame.B));
    }

    [Fact]
    public void An_incomplete_frame_waits_for_the_lateness_and_leaves_with_its_missing_values_counted()
    {
        Add(0, 0, 1);
        Both(1 * Second, 2);
        Both(2 * Second, 3);
        Assert.Empty(Frames);
        Both(3 * Second, 4);
        Assert.Equal([0, 1, 2, 3], Frames.Select(frame => frame.Us / Second));
        Assert.True(float.IsNaN(Frames[0].B));
        Assert.Equal(1, _assembler.MissingValues);
    }

    [Fact]
    public void A_sample_within_the_lateness_still_finds_its_frame()
    {
        Add(0, 0, 1);
        Both(1 * Second, 2);
        Add(1, 0, 9);
        Assert.Equal([(0L, 1f, 9f), (Second, 2f, 2f)], Frames);
        Assert.Equal(0, _assembler.LateSamples);
    }

    [Fact]
    public void A_sample_after_its_frame_left_is_late_and_counted()
    {
        Both(0, 1);
        Both(1 * Second, 1);
        Add(0, 0, 5);
        Assert.Equal((1, 2), (_assembler.LateSamples, Frames.Count));
    }

    [Fact]
    public void A_second_without_any_sample_holds_nobody_up()
    {
        Both(0, 1);
        Both(2 * Second, 2);
        Both(300 * Second, 3);
        Assert.Equal([0, 2, 300], Frames.Select(frame => frame.Us / Second));
        Assert.Equal(0, _assembler.MissingValues);
    }

    [Fact]
    public void A_clock_that_jumps_back_starts_anew_instead_of_dropping_everything()
    {
        Both(1000 * Second, 1);
        Both(10 * Second, 2);
        Both(11 * Second, 3);
        Assert.Equal([1000, 10, 11], Frames.Select(frame => frame.Us / Second));
        Assert.Equal((1, 1), (_assembler.ClockJumps, _probe.Jumps));
    }

    [Fact]
    public void A_clock_that_jumps_years_ahead_costs_no_walk_through_empty_frames()
    {
        Both(0, 1);
        Both(2L * 365 * 86_400 * Second, 2);
        Assert.Equal(2, Frames.Count);
    }

    [Fact]
    public void A_value_that_a_sensor_could_not_give_completes_its_frame_as_missing()
    {
        Add(0, 0, 1);
        Add(1, 0, float.NaN);
        Assert.Single(Frames);
        Assert.Equal(1, _assembler.MissingValues);
    }

    [Fact]
    public void A_sample_of_an_unknown_channel_is_counted_and_left_out()
    {
        Add(7, 0, 1);
        Assert.Equal(1, _assembler.UnknownChannels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Samples_in_batches_make_the_frames_that_they_make_one_by_one(int seed)
    {
        var random = new Random(seed);
        var samples = new List<Sample>();
        for (long i = 0, us = 1000 * Second; i < 5000; i++)
        {
            us += random.Next(60) switch { 0 => -40 * Second, 1 => 30 * Second, 2 => -Second, _ => Second };
            var value = random.Next(20) == 0 ? float.NaN : i;
            var row = new[] { new Sample(0, us, value), new Sample(1, us + (random.Next(10) == 0 ? 300_000 : 0), -i) };
            samples.AddRange(random.Next(12) switch
            {
                0 => [row[0]], 1 => [row[1], row[0]], 2 => [row[0], row[0], row[1]], 3 => [row[0], new Sample(2, us, 0), row[1]], _ => row,
            });
        }

        var together = new Probe();
        var batches = new FrameAssembler(2, 1, new WindowOptions { Lateness = TimeSpan.FromSeconds(2), MaxGap = TimeSpan.FromSeconds(20) }, together);
        foreach (var sample in samples) _assembler.Add([sample]);
        for (int from = 0, length; from < samples.Count; from += length)
        {
            length = Math.Min(1 + random.Next(9), samples.Count - from);
            batches.Add(CollectionsMarshal.AsSpan(samples).Slice(from, length));
        }

        _assembler.Flush();
        batches.Flush();
        Assert.Equal(Frames, together.Frames);
        Assert.Equal(Counters(_assembler), Counters(batches));
        Assert.True(_assembler is { LateSamples: > 0, MissingValues: > 0, ClockJumps: > 0, UnknownChannels: > 0 });

        static (long, long, long, long, long, long) Counters(FrameAssembler of) =>
            (of.Samples, of.LateSamples, of.MissingValues, of.UnknownChannels, of.Frames, of.ClockJumps);
    }

    [Fact]
    public void A_sample_costs_no_memory()
    {
        Frames.Capacity = 4096;
        for (var i = 0; i < 500; i++) Both(i * Second, i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 500; i < 1500; i++) Both(i * Second, i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Both(long us, float value) => _assembler.Add([new Sample(0, us, value), new Sample(1, us, value)]);

    private void Add(ushort channel, long us, float value) => _assembler.Add([new Sample(channel, us, value)]);

    private sealed class Probe : IFrameSink
    {
        public List<(long Us, float A, float B)> Frames { get; } = [];

        public int Jumps { get; private set; }

        public void OnFrame(long timestampUs, ReadOnlySpan<float> values) => Frames.Add((timestampUs, values[0], values[1]));

        public void OnClockJump(long fromUs, long toUs) => Jumps++;
    }
}
