using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>A named way from labelled windows to a classifier, with defaults that need no tuning.</summary>
internal sealed record ClassRecipe
{
    /// <summary>Of a fit; epochs only cut its steps for progress and checkpoints.</summary>
    private const int Epochs = 10;

    private const float AverageDecay = 0.99f;

    public required string Name { get; init; }

    /// <summary>What it is for, one line.</summary>
    public required string Purpose { get; init; }

    /// <summary>Empty: those that most devices have.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>0: the devices' own.</summary>
    public required double RateHz { get; init; }

    public required WindowSpec Window { get; init; }

    /// <summary>Layout vector; its standardisation is fitted and added by the training.</summary>
    public required FeatureRecipe Features { get; init; }

    /// <summary>In the order of the output; empty: the names that labels give.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Standardised values are clipped to ±this.</summary>
    public float Clip { get; init; } = 10f;

    /// <summary>Layers for an input (1, F).</summary>
    public required Func<IReadOnlyList<Layer>> Layers { get; init; }

    /// <summary>Standard deviation of the noise added to standardised values while learning: how
    /// far two places, people or months may differ.</summary>
    public float Noise { get; init; }

    /// <summary>Share of each target spread over all classes.</summary>
    public float Smoothing { get; init; } = 0.05f;

    public required int Steps { get; init; }

    public required TrainingSettings Settings { get; init; }

    /// <summary>The same as the service's fits take it, once channels and classes are known.</summary>
    public LearningRecipe ToLearning() => new()
    {
        Name = Name,
        Purpose = Purpose,
        Head = ModelHead.Classes,
        Window = Window,
        Features = Features,
        Threshold = new ThresholdPolicy(),
        Layers = _ => Layers(),
        Loss = () => new SoftmaxCrossEntropy(smoothing: Smoothing),
        Uses = static window => window.Class != LabelledWindow.NoClass,
        Classes = Classes,
        Balances = true,
        Augmentation = new Augmentation { Wander = Noise },
        Steps = Steps,
        Epochs = Epochs,
        Settings = Settings with { AverageDecay = AverageDecay },
        CutStride = Window.Stride,
    };
}
