using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>The recipes there are. Their numbers come from leave-files-out experiments on the development half of SKAB.</summary>
internal static class LearningRecipes
{
    /// <summary>Ten rows of smoothing before thirty steps: 39 raw rows of look-back.</summary>
    private static readonly WindowSpec Window = new(39, 1);

    /// <summary>Median and deviation of the smoothed calibration rows; never below a quarter of the raw deviation, so that a
    /// calm start does not make the device nervous; asinh keeps far values apart.</summary>
    private static readonly FeatureRecipe Features = new()
    {
        SmoothingLength = 10,
        Normalisation = Normalisation.MedianDeviation,
        MinScaleOfRaw = 0.25f,
        Clip = 50f,
        Compression = Compression.Asinh,
    };

    private static readonly LearningRecipe Reconstruction = new()
    {
        Name = "reconstruction",
        Purpose = "anomalies on many channels, from healthy rows alone: what the model cannot rebuild is unusual",
        Head = ModelHead.Reconstruction,
        Window = Window,
        Features = Features,
        Threshold = new ThresholdPolicy { Quantile = 0.99, Factor = 1, Smoothing = 2.0 / 11 },
        // A bottleneck of 3: with 8 the net reconstructs level shifts as well, and sees nothing.
        Layers = input =>
        [
            new Flatten(), new Dense(64), new Activation(ActivationKind.Relu), new Dense(3),
            new Dense(64), new Activation(ActivationKind.Relu), new Dense(input.Count), new Unflatten(input.Channels),
        ],
        Loss = () => new MeanSquaredError(),
        // Calibration rows only. Before there is a model nothing alarms, so other rows hold faults; and
        // with rows from behind a fault the net learns the drift that
        // faults look like (pooled F1 on held-out SKAB runs 0.1 instead of 0.5).
        Uses = window => window.IsCalibration && window.Anomalous != true,
        Steps = 600,
        Epochs = 12,
        Settings = new TrainingSettings { BatchSize = 128, LearningRate = 2e-3f, WarmupShare = 0.3f, WeightDecay = 1e-3f, ClipNorm = 5f },
    };

    public static IReadOnlyList<LearningRecipe> All { get; } =
    [
        Reconstruction,
        Reconstruction with
        {
            Name = "mahalanobis",
            Purpose = "as reconstruction; what the model rebuilds badly counts by how unusual that is for these channels together",
            Whitens = true,
        },
        new LearningRecipe
        {
            Name = "forecast",
            Purpose =
                "anomalies on many channels, from healthy rows alone: each row is forecast from those before it, what comes otherwise is unusual",
            // The forecast of every row has the window's shape: its error is a residual like any other.
            Head = ModelHead.Reconstruction,
            Window = Window,
            Features = Features,
            Threshold = new ThresholdPolicy { Quantile = 0.99, Factor = 1, Smoothing = 2.0 / 11 },
            Layers = input => [new Delay(), new Gru(24), new Conv1d(input.Channels, 1)],
            Loss = () => new Huber(),
            Uses = window => window.IsCalibration && window.Anomalous != true,
            Steps = 600,
            Epochs = 12,
            Settings = new TrainingSettings { BatchSize = 64, LearningRate = 5e-3f, WarmupShare = 0.1f, WeightDecay = 1e-4f, ClipNorm = 1f },
        },
        Labelled("anomaly-logit", "anomalies on many channels, from windows whose truth is known", width: 16, hidden: 32, steps: 200),
        // Six times the parameters: it judges uploaded windows in the hub, where there is no budget of microseconds.
        Labelled("teacher", "the hub's second opinion on uploaded windows; never sent to a device", width: 48, hidden: 64, steps: 400),
        LifeRecipe.Recipe,
    ];

    /// <summary>A convolutional classifier that learns from windows whose truth is known.</summary>
    /// <param name="width">Channels of the first two convolutions; the third has twice as many.</param>
    /// <param name="hidden">Neurons of the last hidden layer.</param>
    private static LearningRecipe Labelled(string name, string purpose, int width, int hidden, int steps) => new()
    {
        Name = name,
        Purpose = purpose,
        Head = ModelHead.AnomalyLogit,
        Window = Window,
        Features = Features,
        // The logit's own zero is the threshold: the device fits its normalisation only.
        Threshold = new ThresholdPolicy { Floor = 0, Ceiling = 0, Smoothing = 2.0 / 6 },
        Layers = _ =>
        [
            new Conv1d(width, 5, 1, 2), new Activation(ActivationKind.Relu),
            new Conv1d(width, 5, 2, 2), new Activation(ActivationKind.Relu),
            new Conv1d(2 * width, 3, 2, 1), new Activation(ActivationKind.Relu),
            new Flatten(), new Dropout(0.2f), new Dense(hidden), new Activation(ActivationKind.Relu), new Dropout(0.2f), new Dense(1),
        ],
        Loss = () => new BinaryCrossEntropy(smoothing: 0.05f),
        GuardBudget = 0.01,
        Uses = window => window.Anomalous is not null,
        Balances = true,
        Augmentation = new Augmentation { LogScale = 0.5f, Offset = 1f, Noise = 0.2f, Flip = 0.2f, Drop = 0.3f },
        Steps = steps,
        Epochs = 10,
        Settings = new TrainingSettings { BatchSize = 128, LearningRate = 3e-3f, WarmupShare = 0.3f, WeightDecay = 1e-2f, ClipNorm = 5f },
    };

    /// <exception cref="TrainingRefusedException">No such recipe; the message names those there are.</exception>
    public static LearningRecipe Find(string name) => All.FirstOrDefault(recipe => recipe.Name == name)
        ?? throw new TrainingRefusedException(
            $"recipe '{name}' is none of {string.Join(", ", [.. All.Select(r => r.Name), .. ClassRecipes.All.Select(r => r.Name)])}");

    /// <param name="classes">Names told apart; empty for a detector.</param>
    /// <exception cref="TrainingRefusedException">No such recipe.</exception>
    public static LearningRecipe Find(string name, IReadOnlyList<string> classes) =>
        classes.Count > 0 ? ClassRecipes.Find(name, classes).ToLearning() : Find(name);
}
