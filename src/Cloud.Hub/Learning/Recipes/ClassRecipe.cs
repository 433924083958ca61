using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>A named way from labelled windows to a classifier, with defaults that need no tuning.</summary>
internal sealed record ClassRecipe
{
    public required string Name { get; init; }

    /// <summary>What it is for, one line.</summary>
    public required string Purpose { get; init; }

    public required IReadOnlyList<string> Channels { get; init; }

    public required double RateHz { get; init; }

    public required WindowSpec Window { get; init; }

    /// <summary>Layout vector; its standardisation is fitted and added by the training.</summary>
    public required FeatureRecipe Features { get; init; }

    /// <summary>In the order of the output.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Standardised values are clipped to ±this.</summary>
    public float Clip { get; init; } = 10f;

    /// <summary>Layers for an input (1, F).</summary>
    public required Func<IReadOnlyList<Layer>> Layers { get; init; }

    /// <summary>Standard deviation of the noise added to standardised values while learning: how far two places, people or months may differ.</summary>
    public float Noise { get; init; }

    /// <summary>Share of each target spread over all classes.</summary>
    public float Smoothing { get; init; } = 0.05f;

    public required int Steps { get; init; }

    public required TrainingSettings Settings { get; init; }
}
