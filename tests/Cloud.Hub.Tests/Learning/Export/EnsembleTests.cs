using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Hmas.Inference;

namespace Cloud.Hub.Tests.Learning.Export;

public class EnsembleTests
{
    private static readonly Shape Input = new(30, 6);

    [Fact]
    public void The_graph_of_an_ensemble_gives_the_mean_of_its_members_answers()
    {
        var recipe = LearningRecipes.Find("anomaly-logit");
        var members = Enumerable.Range(1, 3).Select(seed => Built(recipe.Layers(Input), (ulong)seed)).ToList();
        var windows = Enumerable.Range(0, 20).Select(Window).ToList();
        var model = ModelExport.Write(EnsembleBuilder.Average(members), recipe, windows);

        using var session = new ModelSession(model.Float, model.Input, model.Output, new SessionSettings());
        foreach (var window in windows)
        {
            window.CopyTo(session.Input);
            session.Run();
            Assert.Equal(members.Average(member => (double)Answer(member, window)), session.Output[0], 1e-4);
        }
    }

    [Fact]
    public void One_member_stays_as_it_is()
    {
        var member = Built([new Flatten(), new Dense(1)], 1);
        Assert.Same(member, EnsembleBuilder.Average([member]));
    }

    [Fact]
    public void A_chain_that_cannot_stand_side_by_side_is_refused()
    {
        IReadOnlyList<IReadOnlyList<Operation>> members =
            [Built([new GlobalAveragePool(), new Dense(1)], 1), Built([new GlobalAveragePool(), new Dense(1)], 2)];
        Assert.Throws<NotSupportedException>(() => EnsembleBuilder.Average(members));
    }

    private static IReadOnlyList<Operation> Built(IReadOnlyList<Layer> layers, ulong seed)
    {
        using var network = new Network(Input, layers, seed);
        return OperationBuilder.Build(network);
    }

    private static float[] Window(int seed)
    {
        var random = new SeededRandom((ulong)seed + 100);
        return [.. Enumerable.Range(0, Input.Count).Select(_ => random.NextNormal())];
    }

    private static float Answer(IReadOnlyList<Operation> operations, float[] window)
    {
        var run = new OperationRun(operations);
        window.CopyTo(run.Input);
        run.Run();
        return run.Output[0];
    }
}
