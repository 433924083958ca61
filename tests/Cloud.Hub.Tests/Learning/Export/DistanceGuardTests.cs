using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Hmas.Inference;

namespace Cloud.Hub.Tests.Learning.Export;

public sealed class DistanceGuardTests
{
    private const double Budget = 0.01;
    private static readonly Shape Input = new(30, 6);

    [Fact]
    public void Normal_running_of_other_runs_passes_the_bar_about_as_often_as_budgeted()
    {
        var guard = DistanceGuard.Fit(Runs(1, 12, 200), Input, Budget)!;
        Assert.Equal((12, 2400), (guard.Runs, guard.Windows));
        var passing = Runs(2, 12, 200).Count(window => guard.Logit(Turned(window.Features)) > 0);
        Assert.InRange(passing, 1, 2400 * Budget * 3);
    }

    [Fact]
    public void A_usual_drift_is_quiet_and_a_smaller_one_that_no_run_shows_is_not()
    {
        var guard = DistanceGuard.Fit(Runs(1, 12, 200), Input, Budget)!;
        var (usual, unusual) = (new float[Input.Channels], new float[Input.Channels]);
        // In every run channels 0 and 1 go up and down together.
        (usual[0], usual[1]) = (2.5f, 2.5f);
        (unusual[0], unusual[1]) = (1.2f, -1.2f);
        Assert.True(guard.Logit(Turned(Standing(usual))) < 0);
        Assert.True(guard.Logit(Turned(Standing(unusual))) > 0);
    }

    [Fact]
    public void The_graph_tells_the_larger_of_logit_and_guard_in_both_precisions()
    {
        var recipe = LearningRecipes.Find("anomaly-logit");
        using var network = new Network(Input, recipe.Layers(Input), 1);
        var operations = OperationBuilder.Build(network);
        var guard = DistanceGuard.Fit(Runs(1, 6, 100), Input, recipe.GuardBudget)!;
        var windows = Runs(2, 4, 20).Select((window, i) => Turned([.. window.Features.Select(value => value * (1 + (i % 4)))])).ToList();
        var alone = ModelExport.Write(operations, recipe, windows);
        var model = ModelExport.Write(operations, recipe, windows, guard);
        Assert.Empty(model.Facts.FloatProducts);
        Assert.True(model.Int8.Length < alone.Int8.Length + 1000, $"{model.Int8.Length} bytes instead of {alone.Int8.Length}");
        foreach (var (with, without) in new[] { (model.Float, alone.Float), (model.Int8, alone.Int8) })
        {
            using var both = new ModelSession(with, model.Input, model.Output, new SessionSettings());
            using var one = new ModelSession(without, alone.Input, alone.Output, new SessionSettings());
            var raised = 0;
            foreach (var window in windows)
            {
                window.CopyTo(both.Input);
                window.CopyTo(one.Input);
                both.Run();
                one.Run();
                Assert.Equal(Math.Max(one.Output[0], guard.Logit(window)), both.Output[0], 1e-3);
                if (both.Output[0] > one.Output[0]) raised++;
            }

            Assert.InRange(raised, 1, windows.Count - 1);
        }
    }

    [Fact]
    public void Too_few_normal_windows_behind_a_calibration_give_no_guard()
    {
        Assert.Null(DistanceGuard.Fit(Runs(1, 2, 500), Input, Budget));
        Assert.Null(DistanceGuard.Fit(Runs(1, 6, 20), Input, Budget));
        Assert.Null(DistanceGuard.Fit(Runs(1, 6, 200).Select(window => window with { IsPlainlyNormal = false }), Input, Budget));
    }

    [Fact]
    public void A_channel_that_never_moved_does_not_decide_alone()
    {
        var still = Runs(1, 6, 200).Select(window =>
        {
            for (var i = 5; i < window.Features.Length; i += Input.Channels) window.Features[i] = 0;
            return window;
        });
        var guard = DistanceGuard.Fit(still, Input, Budget)!;
        var row = new float[Input.Channels];
        row[5] = 0.1f;
        Assert.True(guard.Logit(Turned(Standing(row))) < 0);
    }

    /// <summary>Channels 0 and 1 drift together from run to run, all are noisy.</summary>
    private static IEnumerable<LabelledWindow> Runs(int seed, int runs, int windows)
    {
        var random = new SeededRandom((ulong)seed);
        for (var run = 0; run < runs; run++)
        {
            var drift = 1.5f * random.NextNormal();
            for (var i = 0; i < windows; i++)
            {
                var row = Enumerable.Range(0, Input.Channels).Select(c => (c < 2 ? drift : 0) + (0.3f * random.NextNormal())).ToArray();
                yield return new LabelledWindow(Standing(row), false, false) { Run = $"run {run}", IsPlainlyNormal = true };
            }
        }
    }

    /// <summary>(T, R), every row alike.</summary>
    private static float[] Standing(float[] row) => [.. Enumerable.Range(0, Input.Length).SelectMany(_ => row)];

    /// <summary>(R, T).</summary>
    private static float[] Turned(float[] window) =>
        [.. Enumerable.Range(0, window.Length).Select(i => window[(i % Input.Length * Input.Channels) + (i / Input.Length)])];
}
