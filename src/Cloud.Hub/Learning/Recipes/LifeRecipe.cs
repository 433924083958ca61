using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>Remaining useful life as a share of <see cref="Horizon"/>, from a window of condition values:
/// three quantiles, so that an answer says how sure it is.</summary>
/// <remarks>Life beyond the horizon counts as the horizon (Heimes 2008): a machine that is well shows nothing of when it
/// will fail. The band is widened to its promise by <see cref="Calibrate"/>.</remarks>
internal sealed record LifeRecipe
{
    public const string Name = "remaining-life";
    public const string Purpose =
        "how long until a machine that wears fails: three quantiles of its remaining life, from condition values of runs to failure";

    /// <summary>Rows of a window.</summary>
    public const int Window = 30;

    /// <summary>Outputs in this order; the outer two make a band of 80 %.</summary>
    public static readonly float[] Quantiles = [0.1f, 0.5f, 0.9f];

    public static readonly TrainingSettings Settings = new()
    {
        Epochs = 20, BatchSize = 64, LearningRate = 2e-3f, WarmupShare = 0.05f, WeightDecay = 0, ClipNorm = 1, Optimiser = OptimiserKind.Adam,
        Schedule = ScheduleKind.Constant, AverageDecay = 0.98f,
    };

    /// <summary>Rows of life that are told apart.</summary>
    public int Horizon { get; init; } = 125;

    /// <summary>Layers for an input (T, R): early rows and late ones side by side, whatever lies between.</summary>
    public static IReadOnlyList<Layer> Layers() =>
    [
        new Conv1d(16, 5, 2, 2), new Activation(ActivationKind.Relu), new SelfAttention(2), new Residual(1), new LayerNorm(), new GlobalAveragePool(),
        new Dense(16), new Activation(ActivationKind.Relu), new Dense(3),
    ];

    /// <summary>What a manifest says of the outputs.</summary>
    /// <param name="widening">Of <see cref="Calibrate"/>.</param>
    public RemainingLife Head(double widening) => new(Horizon, Quantiles[2] - Quantiles[0], widening);

    public static Loss Loss() => new Quantile(Quantiles);

    /// <summary>Target of a window whose last row has so many rows of life left.</summary>
    public float Target(int rowsLeft) => Math.Min(rowsLeft, Horizon) / (float)Horizon;

    /// <summary>What is added on either side of the band so that it holds the truth as often as it says
    /// (conformalised quantile regression, Romano, Patterson and Candès 2019).</summary>
    /// <param name="answers">Of runs that the fit did not see, (N, 3).</param>
    /// <exception cref="ArgumentException">Too few answers for the promise.</exception>
    public static float Calibrate(IReadOnlyList<float[]> answers, IReadOnlyList<float> truth)
    {
        var rank = (int)Math.Ceiling((answers.Count + 1) * (Quantiles[2] - Quantiles[0]));
        if (rank > answers.Count) throw new ArgumentException($"{answers.Count} answers cannot promise a band of {Quantiles[2] - Quantiles[0]:0%}");
        return answers.Select((answer, i) => Math.Max(answer[0] - truth[i], truth[i] - answer[2])).Order().ElementAt(rank - 1);
    }
}
