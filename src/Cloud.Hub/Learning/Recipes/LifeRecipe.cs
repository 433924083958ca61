using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>Remaining useful life as a share of a horizon, from the level, restlessness and slope of every channel:
/// three quantiles, so that an answer says how sure it is.</summary>
/// <remarks>Life beyond the horizon counts as the horizon (Heimes 2008): a machine that is well shows nothing of when it
/// will fail. The band is widened to its promise by <see cref="Calibrate"/>.</remarks>
internal static class LifeRecipe
{
    public const string Name = "remaining-life";

    /// <summary>Truths told apart: a window's class is its remaining life in this many steps of the horizon.</summary>
    public const int Steps = 125;

    /// <summary>Standardised values are clipped to ±this.</summary>
    public const float Clip = 10;

    /// <summary>Rows of a window.</summary>
    private const int Window = 30;

    /// <summary>Of the median life: 125 of some 200 cycles, as Heimes took it.</summary>
    private const double HorizonShare = 0.625;

    private const int Quarters = 4;

    /// <summary>Outputs in this order; the outer two make a band of 80 %.</summary>
    private static readonly float[] Quantiles = [0.1f, 0.5f, 0.9f];

    /// <summary>How often the band is promised to hold the truth.</summary>
    public static double Coverage => (double)Quantiles[2] - Quantiles[0];

    public static LearningRecipe Recipe { get; } = new()
    {
        Name = Name,
        Purpose = "how long until a machine that wears fails: three quantiles of its remaining life, from runs whose failure is known",
        Head = ModelHead.RemainingLife,
        Window = new WindowSpec(Window, 1),
        Features = new FeatureRecipe
        {
            // The level itself tells the wear: a run's own first rows must not become zero.
            Normalisation = Normalisation.None,
            Clip = 0,
            Layout = TensorLayout.Vector,
            Features = [new FeatureSpec(FeatureKind.Mean), new FeatureSpec(FeatureKind.LogDeviation), new FeatureSpec(FeatureKind.Slope)],
        },
        Threshold = new ThresholdPolicy(),
        Layers = static _ =>
        [
            new Dense(48), new Activation(ActivationKind.Relu), new Dense(24), new Activation(ActivationKind.Relu), new Dense(Quantiles.Length),
        ],
        Loss = static () => new Quantile(Quantiles),
        Uses = static window => window.Class != LabelledWindow.NoClass,
        // Every remaining life as often as any other: there are many windows of machines that are well.
        Balances = true,
        Augmentation = new Augmentation { Wander = 0.1f },
        Steps = 1500,
        Epochs = 10,
        Settings = new TrainingSettings
        {
            BatchSize = 96, LearningRate = 2e-3f, WarmupShare = 0.1f, WeightDecay = 1e-2f, ClipNorm = 1f, AverageDecay = 0.99f,
        },
        CutStride = 1,
    };

    /// <summary>Longest life that is told apart, from whole lives in rows.</summary>
    /// <param name="lives">At least one.</param>
    public static int HorizonOf(IEnumerable<double> lives)
    {
        List<double> sorted = [.. lives.Order()];
        return Math.Max(1, (int)Math.Round(HorizonShare * sorted[sorted.Count / 2]));
    }

    /// <summary>Truth of a window whose last row has so many rows of life left, 0 to <see cref="Steps"/>.</summary>
    public static int StepOf(double rowsLeft, int horizonRows) => (int)Math.Round(Steps * Math.Min(1, rowsLeft / horizonRows));

    /// <summary>Slice that a truth belongs to: a model may not tell a machine that is well better at the cost of one that fails soon.</summary>
    public static string SliceOf(int step) => Math.Min(Quarters - 1, step * Quarters / Steps) switch
    {
        0 => "life 0 to 25 %",
        1 => "life 25 to 50 %",
        2 => "life 50 to 75 %",
        _ => "life 75 % and more",
    };

    /// <summary>What is added on either side of the band so that it holds the truth as often as it says
    /// (conformalised quantile regression, Romano, Patterson and Candès 2019).</summary>
    /// <param name="answers">Of runs that the fit did not see, (N, 3).</param>
    /// <exception cref="ArgumentException">Too few answers for the promise.</exception>
    public static float Calibrate(IReadOnlyList<float[]> answers, IReadOnlyList<float> truth)
    {
        var rank = (int)Math.Ceiling((answers.Count + 1) * Coverage);
        if (rank > answers.Count) throw new ArgumentException($"{answers.Count} answers cannot promise a band of {Coverage:0%}");
        return answers.Select((answer, i) => Math.Max(answer[0] - truth[i], truth[i] - answer[2])).Order().ElementAt(rank - 1);
    }
}
