using System.CommandLine;
using System.Globalization;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Cloud.Hub.Learning.Studies;

/// <summary><c>hmas-hub learn</c>: every recipe with what it is for; searches for better hyperparameters.</summary>
internal static class LearnCommand
{
    /// <summary>Channels assumed for recipes that take whatever a device has.</summary>
    private const int SampleChannels = 8;

    public static Command Create()
    {
        var list = new Command("list", "Prints every recipe: what it is for, input, head, size");
        list.SetAction(_ => Print(Console.Out));
        ITunableCorpus[] sets = [.. ScoreCommand.Sets.OfType<ITunableCorpus>()];
        var learn = new Command(
            "learn", "What the hub can learn") { list, SearchCommand.Create(sets), AdaptCommand.Create(sets), FederatedCommand.Create(sets) };
        foreach (var study in StudyCommand.Create(sets)) learn.Subcommands.Add(study);
        return learn;
    }

    public static void Print(TextWriter output)
    {
        foreach (var recipe in LearningRecipes.All)
            Line(output, recipe.Name, recipe.Purpose, recipe.Features, SampleChannels, recipe.Window, 1, $"{recipe.Head}", recipe.Layers);
        foreach (var recipe in ClassRecipes.All)
        {
            var classes = recipe.Classes.Count > 0 ? string.Join(", ", recipe.Classes) : "names of the labels";
            var (channels, rate) = recipe.Channels.Count > 0 ? (recipe.Channels.Count, recipe.RateHz) : (SampleChannels, 1);
            Line(output, recipe.Name, recipe.Purpose, recipe.Features, channels, recipe.Window, rate, $"{ModelHead.Classes} ({classes})",
                _ => recipe.Layers());
        }

        foreach (var (name, purpose, size) in StreamingRecipes.All) output.WriteLine($"{name}\n  {purpose}\n  {size}");
    }

    private static void Line(
        TextWriter output, string name, string purpose, FeatureRecipe features, int channels, WindowSpec window, double rateHz, string head,
        Func<Shape, IReadOnlyList<Layer>> layers)
    {
        var tensor = new FeatureExtractor(features, channels, window.Length, rateHz).OutputShape;
        var input = tensor.Count == 3 ? new Shape(tensor[2], tensor[1]) : new Shape(1, tensor[1]);
        using var network = new Network(input, layers(input), seed: 1);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}\n  {purpose}\n  {channels} channels, {window.Length} rows, input ({string.Join(", ", tensor)}), head {head}, {network.ParameterCount} parameters"));
    }
}
