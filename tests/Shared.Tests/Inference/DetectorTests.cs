using FsCheck.Xunit;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Shared.Tests.Signals;

namespace Shared.Tests.Inference;

public class DetectorTests
{
    private static readonly ThresholdPolicy Plainest = new() { Quantile = 1, Factor = 1 };

    [Property(MaxTest = 20)]
    public void A_reconstruction_score_is_the_residual_of_each_row_over_its_own_healthy_mean(int seed)
    {
        // The model halves its input, so the residual of a row is a quarter of its mean square.
        using var detector = Fixture.Detector("half", threshold: new ThresholdPolicy { Quantile = 0.9, Factor = 1.5 });
        var rows = Rows(40, seed);
        var healthy = Windows(rows).Select(Residuals).ToArray();
        double[] scale = [healthy.Average(r => r[0]), healthy.Average(r => r[1])];
        double Expected(double[] residuals) => ((residuals[0] / scale[0]) + (residuals[1] / scale[1])) / 2;

        detector.Calibrate(rows);

        Assert.True(detector.IsCalibrated);
        var scores = healthy.Select(Expected).Order().ToArray();
        var position = 0.9 * (scores.Length - 1);
        var quantile = scores[(int)position]
            + ((position - (int)position) * (scores[Math.Min((int)position + 1, scores.Length - 1)] - scores[(int)position]));
        Plain.Near(1.5 * quantile, detector.Threshold, 1e-4, $"threshold, seed {seed}");
        foreach (var window in Windows(Rows(20, seed + 1)))
        {
            var score = detector.Score(window);
            Plain.Near(Expected(Residuals(window)), score.Raw, 1e-4, $"raw score, seed {seed}");
            Assert.Equal(score.Raw, score.Smoothed);
            Assert.Equal(score.Raw > detector.Threshold, score.IsAlarm);
        }
    }

    [Fact]
    public void A_logit_score_is_the_logit()
    {
        using var detector = Fixture.Detector("logit", ModelHead.AnomalyLogit, Plainest);
        detector.Calibrate(Rows(20, seed: 1));
        var window = Windows(Rows(8, seed: 2)).Single();
        var expected = -1.0;
        foreach (var channel in new[] { window[..8], window[8..] })
            expected += Plain.Mean(channel) + Plain.Deviation(channel) + Plain.Rise(channel);
        Plain.Near(expected, detector.Score(window).Raw, 1e-4, "logit");
    }

    [Fact]
    public void A_ratio_is_1_at_the_threshold_for_residuals_and_for_logits()
    {
        float[] healthy = [.. Enumerable.Range(0, 80).Select(i => MathF.Sin(i))];
        using var residual = Fixture.Detector();
        residual.Calibrate(healthy);
        var score = residual.Score(new float[16]);
        Assert.Equal(score.Smoothed / residual.Threshold, score.Ratio);
        // Where a logit's threshold lies, a quotient would have no meaning.
        using var logit = Fixture.Detector("logit", ModelHead.AnomalyLogit, Plainest with { Floor = 0, Ceiling = 0 });
        logit.Calibrate(healthy);
        score = logit.Score([.. Enumerable.Repeat(2f, 16)]);
        Assert.Equal(0, logit.Threshold);
        Assert.Equal(1 + score.Smoothed, score.Ratio);
        Assert.Equal(score.IsAlarm, score.Ratio > 1);
    }

    [Fact]
    public void A_detector_goes_on_with_a_row_only_behind_a_window_of_the_same_calibration()
    {
        using var detector = Fixture.Detector();
        Assert.True(detector.Slides);
        detector.Calibrate(Rows(20, seed: 1));
        Assert.Throws<InvalidOperationException>(() => detector.ScoreNext(new float[2]));
        var rows = Rows(9, seed: 2);
        detector.Score(Windows(rows).First());
        var next = detector.ScoreNext(rows.AsSpan(rows.Length - 2));
        Assert.Equal(next, detector.Score(Windows(rows).Last()));
        Assert.InRange(detector.PValue(next), 0f, 1f);
        detector.StartRun();
        detector.Calibrate(Rows(20, seed: 1));
        Assert.Throws<InvalidOperationException>(() => detector.ScoreNext(new float[2]));
    }

    [Fact]
    public void Smoothing_starts_at_the_first_score_and_weighs_the_newest()
    {
        using var detector = Fixture.Detector(threshold: Plainest with { Smoothing = 0.25 });
        detector.Calibrate(Rows(30, seed: 1));
        double? expected = null;
        foreach (var window in Windows(Rows(20, seed: 2)))
        {
            var score = detector.Score(window);
            expected = expected is { } before ? before + (0.25 * (score.Raw - before)) : score.Raw;
            Plain.Near(expected.Value, score.Smoothed, 1e-5, "smoothed score");
        }
    }

    [Fact]
    public void The_threshold_is_taken_from_smoothed_scores()
    {
        using var sharp = Fixture.Detector(threshold: Plainest);
        using var smooth = Fixture.Detector(threshold: Plainest with { Smoothing = 0.05 });
        var rows = Rows(200, seed: 1);
        sharp.Calibrate(rows);
        smooth.Calibrate(rows);
        Assert.True(smooth.Threshold < sharp.Threshold, $"smoothed {smooth.Threshold}, sharp {sharp.Threshold}");
    }

    [Theory]
    [InlineData(1000.0, null, 1000f)]
    [InlineData(null, 1e-3, 1e-3f)]
    public void Floor_and_ceiling_bound_the_threshold(double? floor, double? ceiling, float expected)
    {
        using var detector = Fixture.Detector(threshold: Plainest with { Floor = floor, Ceiling = ceiling });
        detector.Calibrate(Rows(30, seed: 1));
        Assert.Equal(expected, detector.Threshold);
    }

    [Fact]
    public void A_window_without_a_finite_score_is_invalid_raises_no_alarm_and_does_not_poison_the_smoothing()
    {
        // The model takes square roots: NaN where the input is negative.
        using var detector = Fixture.Detector("nan", threshold: Plainest with { Smoothing = 0.5 });
        detector.Calibrate([.. Rows(40, seed: 1).Select(Math.Abs)]);
        var good = Enumerable.Repeat(0.5f, 16).ToArray();
        var bad = Enumerable.Repeat(-1f, 16).ToArray();

        var first = detector.Score(good);
        var second = detector.Score(bad);
        var third = detector.Score(good);

        Assert.True(first.IsValid);
        Assert.Equal((false, false, first.Smoothed), (second.IsValid, second.IsAlarm, second.Smoothed));
        Assert.True(float.IsNaN(second.Raw));
        Assert.True(third.IsValid);
        Plain.Near(first.Raw, third.Smoothed, 1e-6, "smoothed score after the bad window");
    }

    [Fact]
    public void An_infinite_score_is_invalid()
    {
        using var detector = Fixture.Detector();
        detector.Calibrate(Rows(30, seed: 1));
        var score = detector.Score(Enumerable.Repeat(float.MaxValue, 16).ToArray());
        Assert.False(score.IsValid || score.IsAlarm);
    }

    [Fact]
    public void Calibration_leaves_out_windows_without_a_finite_score()
    {
        using var detector = Fixture.Detector("nan");
        var rows = Rows(60, seed: 1).Select(Math.Abs).ToArray();
        rows[0] = -1;
        detector.Calibrate(rows);
        Assert.True(float.IsFinite(detector.Threshold));
    }

    [Fact]
    public void A_start_up_within_the_calibration_does_not_raise_the_threshold()
    {
        var rows = Rows(200, seed: 1).Select(static value => value + 10).ToArray();
        using var settled = Fixture.Detector("half", threshold: Plainest);
        settled.Calibrate(rows.AsSpan(80 * 2));
        for (var row = 0; row < 80; row++) rows[row * 2] = 1000;
        using var started = Fixture.Detector("half", threshold: Plainest);
        started.Calibrate(rows);
        Assert.Equal(settled.Threshold, started.Threshold);
    }

    [Fact]
    public void Calibration_without_one_finite_score_is_an_error_and_leaves_no_calibration()
    {
        using var detector = Fixture.Detector("nan");
        var error = Assert.Throws<InferenceException>(() => detector.Calibrate([.. Rows(30, seed: 1).Select(v => -1 - Math.Abs(v))]));
        Assert.Equal("Calibration", error.Code);
        Assert.Contains("23 healthy windows", error.Message);
        Assert.False(detector.IsCalibrated);
        Assert.Null(detector.Calibration);
    }

    [Fact]
    public void A_detector_that_reconstructs_perfectly_still_sees_what_it_does_not()
    {
        using var detector = Fixture.Detector("identity");
        detector.Calibrate(Rows(30, seed: 1));
        Assert.Equal(0, detector.Threshold);
        Assert.False(detector.Score(Rows(8, seed: 2)).IsAlarm);
    }

    [Fact]
    public void Scoring_before_calibration_and_after_a_new_run_is_refused()
    {
        using var detector = Fixture.Detector();
        Assert.Throws<InvalidOperationException>(() => detector.Score(new float[16]));
        detector.Calibrate(Rows(30, seed: 1));
        detector.StartRun();
        Assert.False(detector.IsCalibrated);
        Assert.Throws<InvalidOperationException>(() => detector.Score(new float[16]));
    }

    [Fact]
    public void Calibration_on_fewer_rows_than_a_window_is_refused()
    {
        using var detector = Fixture.Detector();
        var error = Assert.Throws<ArgumentException>(() => detector.Calibrate(Rows(7, seed: 1)));
        Assert.Contains("at least 8 rows of 2 channels", error.Message);
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        using var detector = Fixture.Detector(recipe: new FeatureRecipe());
        detector.Calibrate(Rows(60, seed: 1));
        var window = Windows(Rows(8, seed: 2)).Single();
        detector.Score(window);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            detector.Score(window);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Smoothing_in_the_recipe_shortens_the_rows_of_the_residual()
    {
        var recipe = new FeatureRecipe { SmoothingLength = 3, Normalisation = Normalisation.None, Clip = 0 };
        var manifest = Fixture.Manifest(recipe: recipe) with { Window = new WindowSpec(10, 1) };
        using var detector = new Detector(manifest, Fixture.Model("half"), new SessionSettings());
        detector.Calibrate(Rows(40, seed: 1));
        Plain.Near(
            detector.Score(Enumerable.Repeat(2f, 20).ToArray()).Raw, 4 * detector.Score(Enumerable.Repeat(1f, 20).ToArray()).Raw, 1e-5,
            "score of twice the signal");
    }

    [Fact]
    public void A_recipe_that_does_not_give_the_manifests_input_is_refused()
    {
        var recipe = new FeatureRecipe { Features = [new(FeatureKind.Values), new(FeatureKind.Differences)] };
        var error = Assert.Throws<InferenceException>(() => Fixture.Detector(recipe: recipe));
        Assert.Equal("Shape", error.Code);
        Assert.Contains("input 'x': the recipe gives (1, 4, 8), the manifest says (1, 2, 8)", error.Message);
    }

    [Fact]
    public void An_output_that_does_not_fit_the_head_is_refused()
    {
        var manifest = Fixture.Manifest() with { Output = new TensorSpec("y", [1, 2, 4]) };
        var error = Assert.Throws<InferenceException>(() => new Detector(manifest, Fixture.Model("wrong_shape"), new SessionSettings()));
        Assert.Contains("output 'y': head Reconstruction needs (1, 2, 8), the manifest says (1, 2, 4)", error.Message);
    }

    [Fact]
    public void A_recipe_that_cannot_run_is_an_error_that_names_the_model_and_the_feature()
    {
        var error = Assert.Throws<InferenceException>(() => Fixture.Detector(recipe: new FeatureRecipe { Features = [new(FeatureKind.Rms)] }));
        Assert.Equal("Recipe", error.Code);
        Assert.Contains("model 'fixture': Feature 0 (Rms)", error.Message);
    }

    public static TheoryData<ThresholdPolicy> Impossible => new()
    {
        new ThresholdPolicy { Quantile = 1.5 },
        new ThresholdPolicy { Smoothing = 0 },
        new ThresholdPolicy { Factor = double.NaN },
        new ThresholdPolicy { Floor = 2, Ceiling = 1 },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void A_threshold_policy_that_gives_no_threshold_is_refused(ThresholdPolicy policy)
    {
        Assert.Equal("Threshold", Assert.Throws<InferenceException>(() => Fixture.Detector(threshold: policy)).Code);
    }

    /// <summary>Two channels of different spread, row-major.</summary>
    private static float[] Rows(int count, int seed)
    {
        var noise = Plain.Noise(2 * count, seed);
        for (var i = 1; i < noise.Length; i += 2)
            noise[i] *= 30;
        return noise;
    }

    private static IEnumerable<float[]> Windows(float[] rows)
    {
        for (var start = 0; start + 8 <= rows.Length / 2; start++)
        {
            var window = new float[16];
            for (var t = 0; t < 8; t++)
                (window[t], window[8 + t]) = (rows[2 * (start + t)], rows[(2 * (start + t)) + 1]);
            yield return window;
        }
    }

    private static double[] Residuals(float[] window) =>
        [window[..8].Average(v => 0.25 * v * v), window[8..].Average(v => 0.25 * v * v)];
}
