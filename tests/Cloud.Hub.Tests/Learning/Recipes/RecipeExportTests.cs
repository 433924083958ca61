using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Studies;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Tests.Learning.Judges;
using Cloud.Hub.Tests.Learning.Training;
using Hmas.Contracts.Models;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Recipes;

/// <summary>What every recipe ships, judged by ONNX's own checker.</summary>
public sealed class RecipeExportTests
{
    [FactWithTool("python3-onnx", "onnx")]
    public void Onnx_checker_accepts_what_every_recipe_ships_and_the_ensemble()
    {
        using var folder = new TempFolder();
        var shape = new Shape(30, 6);
        foreach (var recipe in LearningRecipes.All)
        {
            var read = recipe.Features.Layout == TensorLayout.Vector ? new Shape(1, 18) : shape;
            Keep(recipe.Name, ModelExport.Write(Built(read, recipe.Layers(read), 1), recipe, Windows(read)));
        }

        var logit = LearningRecipes.Find("anomaly-logit");
        var members = Enumerable.Range(1, 3).Select(seed => Built(shape, logit.Layers(shape), (ulong)seed)).ToList();
        Keep("ensemble", ModelExport.Write(EnsembleBuilder.Average(members), logit, Windows(shape)));
        Keep("guarded", ModelExport.Write(members[0], logit, Windows(shape), DistanceGuard.Fit(Normal(shape), shape, logit.GuardBudget)));
        foreach (var recipe in ClassRecipes.All)
        {
            var input = new Shape(1, 20);
            var operations = Built(input, recipe.Layers(), 1);
            var classes = operations[^1].Output.Count;
            File.WriteAllBytes(
                folder.File($"{recipe.Name}.onnx"),
                OnnxWriter.Write(recipe.Name, operations, new TensorSpec("features", [1, 20]), new TensorSpec("logits", [1, classes])));
        }

        var (code, output) = Python.Run(
            "import onnx,glob,sys\nfiles=glob.glob(sys.argv[1]+'/*.onnx')\nfor f in files: onnx.checker.check_model(onnx.load(f), full_check=True)\nprint(len(files))", folder.Path);
        Assert.True(code == 0, output);
        Assert.Equal(
            2 * (LearningRecipes.All.Count + 2) + ClassRecipes.All.Count,
            int.Parse(output.Trim(), System.Globalization.CultureInfo.InvariantCulture));

        void Keep(string name, FittedModel model)
        {
            File.WriteAllBytes(folder.File($"{name} float.onnx"), model.Float);
            File.WriteAllBytes(folder.File($"{name} int8.onnx"), model.Int8);
        }
    }

    [Fact]
    public void Every_recipe_is_listed_with_what_it_is_for()
    {
        using var text = new StringWriter();
        LearnCommand.Print(text);
        var names = LearningRecipes.All.Select(r => r.Name).Concat(ClassRecipes.All.Select(r => r.Name))
            .Concat(StreamingRecipes.All.Select(r => r.Name));
        Assert.All(
            names, name => Assert.Contains(
                $"{name}{Environment.NewLine}  ".ReplaceLineEndings("\n"), text.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal));
    }

    private static IReadOnlyList<Cloud.Hub.Learning.Export.Operations.Operation> Built(Shape input, IReadOnlyList<Layer> layers, ulong seed)
    {
        using var network = new Network(input, layers, seed);
        return OperationBuilder.Build(network);
    }

    private static List<float[]> Windows(Shape shape)
    {
        using var batch = new Sequence(40, shape);
        Samples.FillWaves(batch, 40, 6);
        return [.. Enumerable.Range(0, 40).Select(b => Samples.ChannelMajor(batch, b))];
    }

    /// <summary>Of three runs, enough for a guard.</summary>
    private static IEnumerable<LabelledWindow> Normal(Shape shape)
    {
        var random = new SeededRandom(4);
        for (var i = 0; i < 300; i++)
        {
            float[] features = [.. Enumerable.Range(0, shape.Count).Select(_ => random.NextNormal())];
            yield return new LabelledWindow(features, false, false) { Run = $"run {i % 3}", IsPlainlyNormal = true };
        }
    }
}
