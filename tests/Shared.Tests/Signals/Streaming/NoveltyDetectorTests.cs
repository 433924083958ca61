using Hmas.Signals.Streaming;

namespace Shared.Tests.Signals.Streaming;

public class NoveltyDetectorTests
{
    [Fact]
    public void A_spike_far_beyond_everything_seen_is_told_at_once_and_once()
    {
        var values = Plain.Noise(2000, seed: 1, offset: 50);
        for (var i = 1000; i < 1010; i++) values[i] += 40;
        var scores = Scores(values);
        Assert.True(scores[1000] > 0.6, $"score {scores[1000]} at the spike");
        Assert.All(scores[1001..1100], score => Assert.Equal(0, score));
    }

    [Fact]
    public void What_happened_before_is_no_news()
    {
        var values = Plain.Noise(6000, seed: 2, scale: 0.05);
        for (var i = 1000; i < values.Length; i += 250) values[i] = 40;
        var scores = Scores(values);
        Assert.True(scores[1000] > 0.7, $"score {scores[1000]} at the first spike");
        Assert.All(Enumerable.Range(5, 19), n => Assert.Equal(0, scores[n * 250]));
    }

    [Fact]
    public void A_sensor_that_freezes_is_told_within_two_windows_of_its_deviation()
    {
        var values = Plain.Noise(3000, seed: 3, offset: 20);
        Array.Fill(values, values[1999], 2000, 1000);
        var first = Array.FindIndex(Scores(values), 2000, score => score > 0);
        Assert.InRange(first, 2001, 2032);
    }

    [Fact]
    public void A_change_of_level_within_the_range_of_the_noise_is_told_by_the_longer_means()
    {
        var values = Plain.Noise(3000, seed: 4);
        for (var i = 2000; i < values.Length; i++) values[i] += 1.5f;
        var scores = Scores(values);
        Assert.InRange(Array.FindIndex(scores, 2000, score => score > 0), 2000, 2040);
    }

    [Fact]
    public void A_jump_is_told_by_its_step_though_a_larger_one_happened_long_ago()
    {
        var values = Plain.Noise(6000, seed: 9);
        for (var i = 500; i < 520; i++) values[i] += 60;
        values[4000] += 20;
        var scores = Scores(values);
        Assert.True(scores[4000] > 0, "a jump of 20 deviations is news again, 3,500 values after one of 60");
    }

    [Fact]
    public void A_shift_between_spikes_is_told_by_the_median_which_spikes_do_not_move()
    {
        var values = Plain.Noise(4000, seed: 10, scale: 0.2);
        for (var i = 25; i < values.Length; i += 50) values[i] = 10;
        for (var i = 3000; i < values.Length; i++) values[i] += 3;
        Assert.InRange(Array.FindIndex(Scores(values), 3000, score => score > 0), 3000, 3010);
    }

    [Fact]
    public void The_same_record_is_worth_less_in_a_young_stream()
    {
        Assert.InRange(At(700), 0.1, At(2900) - 0.05);

        static double At(int place)
        {
            var values = Plain.Noise(3000, seed: 11);
            values[place] = 20;
            return Scores(values)[place];
        }
    }

    [Fact]
    public void A_small_record_that_is_told_late_is_left_alone_early()
    {
        Assert.Equal(0, At(400));
        Assert.True(At(2900) > 0, "a record by a tenth of the range is news after 2,900 values");

        static double At(int place)
        {
            var values = Plain.Noise(3000, seed: 12, scale: 0.2);
            for (var i = 100; i < values.Length; i += 50) values[i] = 10;
            values[place] = 12;
            return Scores(values)[place];
        }
    }

    [Fact]
    public void A_record_by_less_than_the_usual_step_is_noise()
    {
        Assert.Equal(0, At(beyond: 1.7f));
        Assert.True(At(beyond: 6.7f) > 0, "two usual steps beyond the record");

        // Evenly spread from 0 to 10, so a third of that from value to value.
        static double At(float beyond)
        {
            var random = new Random(13);
            var values = new float[4000];
            for (var i = 0; i < values.Length; i++) values[i] = 10 * random.NextSingle();
            values[3000] = 10 + beyond;
            return Scores(values)[3000];
        }
    }

    [Fact]
    public void A_record_by_less_than_a_tenth_of_the_largest_recent_step_is_noise()
    {
        Assert.True(At(burst: 0) > 0, "a step of 12 where steps are of 0.2");
        Assert.True(At(burst: 10) > 0, "two beyond bursts of 10");
        Assert.Equal(0, At(burst: 11.2f));

        // Bursts so rare that the usual step stays small.
        static double At(float burst)
        {
            var values = Plain.Noise(4000, seed: 15, scale: 0.1);
            for (var i = 200; i < values.Length; i += 200) values[i] = burst;
            values[3100] = 12;
            return Scores(values)[3100];
        }
    }

    [Fact]
    public void A_value_that_is_common_but_not_after_such_a_level_is_told()
    {
        // A slow wave of ±10 in noise; once it falls by 8 in 16 values instead of 80, in steps that the noise hides, to values common by themselves.
        const int Fall = 5260;
        Assert.InRange(FirstAfter(1), Fall + 400, int.MaxValue);
        Assert.InRange(FirstAfter(5), Fall + 5, Fall + 20);

        static int FirstAfter(int speed)
        {
            var values = Plain.Noise(6000, seed: 14, scale: 0.5);
            for (var i = 0; i < values.Length; i++)
            {
                var place = i + ((speed - 1) * Math.Clamp(i - Fall, 0, 16));
                values[i] += Math.Abs(((place % 400) - 200) / 10f) - 10;
            }

            var first = Array.FindIndex(Scores(values), Fall, score => score > 0);
            return first < 0 ? int.MaxValue : first;
        }
    }

    [Fact]
    public void Records_of_steady_noise_grow_rare()
    {
        const int Streams = 40;
        var (early, late) = (0, 0);
        for (var seed = 0; seed < Streams; seed++)
        {
            var scores = Scores(Plain.Noise(8000, seed));
            early += scores[..2000].Count(score => score > 0);
            late += scores[6000..].Count(score => score > 0);
        }

        // Seven watched statistics; the n-th value of a stationary one is a record with chance 2/n.
        Assert.True(late < 2.0 * Streams, $"{late} detections in the last 2000 values of {Streams} streams");
        Assert.True(late < early, $"{late} late detections, {early} early ones");
    }

    [Fact]
    public void Unit_and_offset_of_the_channel_do_not_matter()
    {
        var values = Plain.Noise(3000, seed: 5);
        values[2500] = 12;
        // Powers of two and their sums, so that no rounding differs.
        var exact = values.Select(v => (float)(Math.Round(v * 1024) / 1024)).ToArray();
        var moved = exact.Select(v => (v * 256) - 4096).ToArray();
        Assert.Equal(Scores(exact), Scores(moved));
    }

    [Fact]
    public void Missing_values_change_nothing()
    {
        var values = Plain.Noise(1500, seed: 6);
        values[1200] = 9;
        var detector = new NoveltyDetector();
        var scores = new List<double>();
        foreach (var value in values)
        {
            Assert.Equal(0, detector.Add(double.NaN));
            Assert.Equal(0, detector.Add(double.NegativeInfinity));
            scores.Add(detector.Add(value));
        }

        Assert.Equal(Scores(values), scores);
        Assert.Equal(values.Length, detector.Count);
    }

    [Fact]
    public void A_constant_channel_stays_silent_until_it_moves()
    {
        var values = Enumerable.Repeat(45f, 1000).ToArray();
        values[900] = 45.5f;
        var scores = Scores(values);
        Assert.Equal([900], Enumerable.Range(0, values.Length).Where(i => scores[i] > 0));
    }

    [Fact]
    public void Its_state_is_saved_within_16_KiB_and_a_loaded_detector_goes_on_as_the_first_would()
    {
        Assert.True(NoveltyDetector.StateBytes <= 16 * 1024, $"{NoveltyDetector.StateBytes} bytes");
        var values = Plain.Noise(12_000, seed: 7);
        foreach (var place in new[] { 0, 100, 511, 512, 9_000 })
        {
            var first = new NoveltyDetector();
            foreach (var value in values[..place]) first.Add(value);
            var state = new byte[NoveltyDetector.StateBytes];
            first.Save(state);
            var second = NoveltyDetector.Load(state);
            foreach (var value in values[place..]) Assert.Equal(first.Add(value), second.Add(value));
        }
    }

    [Fact]
    public void A_state_of_another_length_or_layout_is_refused()
    {
        var state = new byte[NoveltyDetector.StateBytes];
        Assert.Throws<ArgumentException>(() => NoveltyDetector.Load(state));
        new NoveltyDetector().Save(state);
        Assert.Throws<ArgumentException>(() => NoveltyDetector.Load(state.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => new NoveltyDetector().Save(new byte[10]));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_value()
    {
        var values = Plain.Noise(2000, seed: 8);
        var detector = new NoveltyDetector();
        detector.Add(values[0]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var value in values) detector.Add(value);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static double[] Scores(float[] values)
    {
        var detector = new NoveltyDetector();
        return [.. values.Select(value => detector.Add(value))];
    }
}
