using Edge.Agent.Perception.Windows;
using Edge.Agent.Reasoning;

namespace Edge.Tests.Reasoning;

/// <summary>Numbers that are kept up frame by frame, against those that read their whole window.</summary>
public sealed class SlidingSummariesTests
{
    private static readonly SignalKind[] Kinds = [SignalKind.Mean, SignalKind.Min, SignalKind.Max, SignalKind.Rms, SignalKind.CrestFactor];

    [Theory]
    [InlineData(65)]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1000)]
    public void Each_number_is_that_of_its_whole_window_through_gaps_missing_values_and_another_run(int frames)
    {
        var random = new Random(frames);
        // No frame more than the window: a block must not read what has been written over.
        var history = new FrameHistory(
            2,
            new WindowOptions
            {
                HistoryFrames = frames, CalibrationRows = 1, MaxCalibrationRows = 1, Length = 1, MaxGap = TimeSpan.FromSeconds(1),
            });
        var summaries = new SlidingSummaries(Kinds.Select((kind, index) => (index, new RuleSignal(kind, 1, frames, ""))));
        var values = new float[Kinds.Length];
        var compared = 0;
        foreach (var rows in (int[])[(3 * frames) + 17, (2 * frames) + 3])
        {
            history.StartRun();
            for (var i = 0; i < rows; i++)
            {
                var gapUs = i < frames + 40 ? 0 : 5_000_000;
                // Missing values, and an infinite one that must not stay.
                var isMissing = i > frames / 2 && random.NextDouble() < 0.3;
                var value = isMissing ? float.NaN : i == 20 ? float.PositiveInfinity : (random.NextSingle() * 20) - 15;
                history.Add(gapUs + i, [0, value]);
                for (var turn = 0; turn < 1 + (i % 2); turn++) Compare(i);
            }
        }

        Assert.True(compared > frames * Kinds.Length);

        void Compare(int row)
        {
            summaries.Read(history, values);
            for (var k = 0; k < Kinds.Length; k++)
            {
                var (expected, got) = (SignalMath.OverFrames(Kinds[k], history, 1, frames), values[k]);
                if (!float.IsFinite(expected)) Assert.Equal(expected, got);
                else Assert.True(Math.Abs(expected - got) <= 1e-5 * Math.Max(1, Math.Abs(expected)), $"{Kinds[k]} at {row}: {got} for {expected}");
                if (float.IsFinite(expected)) compared++;
            }
        }
    }

    [Fact]
    public void Numbers_that_no_two_summaries_make_and_short_windows_are_read_whole()
    {
        Assert.False(SlidingSummaries.Fits(new RuleSignal(SignalKind.Deviation, 0, 1000, "")));
        Assert.False(SlidingSummaries.Fits(new RuleSignal(SignalKind.Mean, 0, 64, "")));
        Assert.True(SlidingSummaries.Fits(new RuleSignal(SignalKind.Mean, 0, 65, "")));
    }
}
