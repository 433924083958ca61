using Hmas.Signals.Streaming;

namespace Shared.Tests.Signals.Streaming;

public class ChangepointDetectorTests
{
    private const int Channels = 3;
    private const int CalibrationRows = 400;

    [Fact]
    public void A_step_in_one_channel_is_told_within_the_newest_mean()
    {
        var rows = Rows(600, seed: 1);
        for (var row = 500; row < 600; row++) rows[row][1] += 5;
        Assert.InRange(Answers(rows)[0], 501, 510);
    }

    [Fact]
    public void Steady_noise_is_seldom_a_change()
    {
        var answers = Enumerable.Range(0, 20).Sum(seed => Answers(Rows(1400, seed)).Count);
        Assert.True(answers < 20, $"{answers} changes in 20,000 rows of noise");
    }

    [Fact]
    public void A_drift_that_was_there_in_calibration_is_no_change()
    {
        var rows = Rows(1400, seed: 2);
        for (var row = 0; row < rows.Length; row++) rows[row][0] += row * 0.2f;
        var drifting = Answers(rows).Count;
        Assert.True(drifting < 5, $"{drifting} changes in 1000 rows of steady drift");
    }

    [Fact]
    public void A_change_that_goes_on_is_told_again_after_a_rest()
    {
        var rows = Rows(700, seed: 3);
        for (var row = 500; row < 700; row++) rows[row][2] += (row - 500) * 2f;
        var answers = Answers(rows);
        Assert.True(answers.Count >= 3, $"{answers.Count} answers");
        Assert.All(answers.Zip(answers.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 20, $"{pair.First} and {pair.Second}"));
    }

    [Fact]
    public void Missing_values_keep_the_last_one()
    {
        var rows = Rows(600, seed: 4);
        for (var row = 450; row < 600; row++) rows[row][0] = float.NaN;
        var detector = Calibrated(rows);
        foreach (var row in rows[CalibrationRows..]) Assert.True(double.IsFinite(detector.Add(row)));
    }

    [Fact]
    public void A_constant_channel_is_told_when_it_moves_and_not_before()
    {
        var rows = Rows(600, seed: 5);
        foreach (var row in rows) row[0] = 7;
        for (var row = 550; row < 600; row++) rows[row][0] = 7.5f;
        var answers = Answers(rows).Where(row => row >= 530).ToList();
        Assert.Equal(550, answers[0]);
    }

    [Fact]
    public void A_loaded_detector_goes_on_as_the_first_would()
    {
        var rows = Rows(900, seed: 6);
        for (var row = 700; row < 900; row++) rows[row][1] -= 6;
        var first = Calibrated(rows);
        foreach (var row in rows[CalibrationRows..650]) first.Add(row);
        var state = new byte[first.StateBytes];
        first.Save(state);
        var second = new ChangepointDetector(Channels);
        second.Load(state);
        foreach (var row in rows[650..]) Assert.Equal(first.Add(row), second.Add(row));
        Assert.True(first.StateBytes <= 16 * 1024, $"{first.StateBytes} bytes");
        Assert.Throws<ArgumentException>(() => new ChangepointDetector(Channels + 1).Load(state));
    }

    [Fact]
    public void Without_calibration_it_does_not_answer()
    {
        var detector = new ChangepointDetector(Channels);
        Assert.Throws<InvalidOperationException>(() => detector.Add(new float[Channels]));
        Assert.Throws<ArgumentException>(() => detector.Calibrate(new float[70 * Channels]));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_row()
    {
        var rows = Rows(900, seed: 7);
        var detector = Calibrated(rows);
        detector.Add(rows[CalibrationRows]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var row = CalibrationRows; row < rows.Length; row++) detector.Add(rows[row]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[][] Rows(int count, int seed)
    {
        var noise = Plain.Noise(count * Channels, seed);
        return [.. noise.Chunk(Channels)];
    }

    private static ChangepointDetector Calibrated(float[][] rows)
    {
        var detector = new ChangepointDetector(Channels);
        detector.Calibrate([.. rows.Take(CalibrationRows).SelectMany(row => row)]);
        return detector;
    }

    private static List<int> Answers(float[][] rows)
    {
        var detector = Calibrated(rows);
        return [.. Enumerable.Range(CalibrationRows, rows.Length - CalibrationRows).Where(row => detector.Add(rows[row]) > 0)];
    }
}
