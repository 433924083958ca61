using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Hmas.Signals;

namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>Model windows of whole recordings, normalised by each recording's own calibration rows as its device would.</summary>
internal sealed class SkabWindows(LearningRecipe recipe)
{
    /// <summary>Pieces of normal running, each with its own calibration, so that a fit sees the drift that follows a calibration.</summary>
    private const int Episodes = 12;

    private const int EpisodeRows = 1200;
    private const int EpisodeStride = 2;

    private static readonly int Channels = SkabFolder.Channels.Count;
    private readonly FeatureExtractor _extractor = new(recipe.Features, Channels, recipe.Window.Length, SkabRecipe.RateHz);

    /// <summary>Of a window, time-major.</summary>
    public Shape Shape => new(_extractor.OutputShape[^1], _extractor.OutputShape[1]);

    /// <summary>Every window of the labelled files, and of pieces of normal running.</summary>
    /// <param name="anomalyFree">(N, C); may be empty.</param>
    public IEnumerable<LabelledWindow> Of(IEnumerable<SkabFile> files, float[] anomalyFree, SeededRandom random)
    {
        var windows = files.SelectMany(file => Cut(
            file.Rows, 1, file.Key, file.Anomalous ?? throw new CorpusException($"{file.Key}: no column anomaly to learn from")));
        var spare = (anomalyFree.Length / Channels) - EpisodeRows;
        for (var i = 0; i < Episodes && spare > 0; i++)
        {
            var piece = anomalyFree.AsSpan(random.Next(spare) * Channels, EpisodeRows * Channels).ToArray();
            windows = windows.Concat(Cut(piece, EpisodeStride, $"normal {i}", null));
        }

        return windows;
    }

    private IEnumerable<LabelledWindow> Cut(float[] rows, int stride, string run, IReadOnlyList<bool>? anomalous)
    {
        var count = rows.Length / Channels;
        var calibration = Calibration.Fit(rows.AsSpan(0, Math.Min(count, SkabFile.CalibrationRows) * Channels), Channels, recipe.Features);
        var raw = new float[Channels * recipe.Window.Length];
        var features = new float[_extractor.OutputLength];
        for (var last = recipe.Window.Length - 1; last < count; last += stride)
        {
            Turn(rows, last, raw);
            _extractor.Extract(raw, calibration, features);
            var first = last - recipe.Features.SmoothingLength + 1;
            yield return LabelledWindow.Of(features, Shape, anomalous?[last] ?? false, last < SkabFile.CalibrationRows) with
            {
                Run = run,
                IsPlainlyNormal = first >= SkabFile.CalibrationRows
                    && !Enumerable.Range(first, recipe.Features.SmoothingLength).Any(row => anomalous?[row] ?? false),
            };
        }
    }

    /// <summary>The window that ends with a row, (C, T), as a device hands it to its detector.</summary>
    public static void Turn(float[] rows, int last, Span<float> window)
    {
        var length = window.Length / Channels;
        for (var t = 0; t < length; t++)
        {
            for (var c = 0; c < Channels; c++) window[(c * length) + t] = rows[((last - length + 1 + t) * Channels) + c];
        }
    }
}
