using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Hmas.Inference;

/// <summary>The feature extractor that a manifest asks for.</summary>
internal static class ManifestFeatures
{
    /// <exception cref="InferenceException">The recipe cannot run (<c>Recipe</c>), or gives another
    /// tensor than the manifest's input (<c>Shape</c>).</exception>
    public static FeatureExtractor Create(ModelManifest manifest)
    {
        FeatureExtractor extractor;
        try
        {
            extractor = new FeatureExtractor(manifest.Recipe, manifest.Channels.Count, manifest.Window.Length, manifest.RateHz);
        }
        catch (ArgumentException e)
        {
            throw new InferenceException("Recipe", $"model '{manifest.Name}': {e.Message}");
        }
        if (!manifest.Input.Shape.SequenceEqual(extractor.OutputShape))
            throw new InferenceException(
                "Shape", $"input '{manifest.Input.Name}': the recipe gives {Text(extractor.OutputShape)}, the manifest says {Text(manifest.Input.Shape)}.");
        return extractor;
    }

    public static string Text(IReadOnlyList<int> shape) => $"({string.Join(", ", shape)})";
}
