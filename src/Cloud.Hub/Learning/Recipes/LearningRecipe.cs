using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>A named way from windows to a model, with defaults that need no tuning.</summary>
internal sealed record LearningRecipe
{
    public required string Name { get; init; }

    /// <summary>What it is for, one line.</summary>
    public required string Purpose { get; init; }

    public required ModelHead Head { get; init; }

    public required WindowSpec Window { get; init; }

    public required FeatureRecipe Features { get; init; }

    public required ThresholdPolicy Threshold { get; init; }

    /// <summary>Layers for an input (T, R).</summary>
    public required Func<Shape, IReadOnlyList<Layer>> Layers { get; init; }

    public required Func<Loss> Loss { get; init; }

    /// <summary>Whether a <see cref="Export.MahalanobisHead"/> stands behind the reconstruction.</summary>
    public bool Whitens { get; init; }

    /// <summary>Share of normal rows on which a <see cref="Export.DistanceGuard"/> may alarm for itself, so that faults which no label has named are
    /// heard; 0: none stands beside the answer.</summary>
    public double GuardBudget { get; init; }

    /// <summary>Which windows it learns from.</summary>
    public required Func<LabelledWindow, bool> Uses { get; init; }

    /// <summary>Names told apart, in the order of the output; empty but for head <see cref="ModelHead.Classes"/>.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Draws as many windows of each truth, whatever their numbers.</summary>
    public bool Balances { get; init; }

    /// <summary>Of <see cref="LifeRecipe"/>: the longest life that is told apart, rows; settled by the data.</summary>
    public int HorizonRows { get; init; }

    /// <summary>Which truth a window is drawn as: its class, of remaining life its step, else 1 for anomalous and 0 for others.</summary>
    public int TruthOf(LabelledWindow window) =>
        Head is ModelHead.Classes or ModelHead.RemainingLife ? window.Class : window.Anomalous == true ? 1 : 0;

    /// <summary>What the network must give for a truth.</summary>
    public float TargetOf(int truth) => Head == ModelHead.RemainingLife ? (float)truth / LifeRecipe.Steps : truth;

    /// <summary>What a truth is called where it is judged by itself.</summary>
    public string SliceOf(int truth) => Head switch
    {
        ModelHead.Classes => Classes[truth],
        ModelHead.RemainingLife => LifeRecipe.SliceOf(truth),
        _ => truth == 1 ? "anomalous" : "normal",
    };

    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Steps of the whole fit; epochs only cut it for progress and checkpoints.</summary>
    public required int Steps { get; init; }

    public required int Epochs { get; init; }

    public required TrainingSettings Settings { get; init; }

    /// <summary>Rows between the windows cut for training and judged by.</summary>
    public int CutStride { get; init; } = 3;
}
