using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>A detector's network moved by gradient steps on a machine's first healthy windows, and a start from which that pays.</summary>
/// <remarks>First-order MAML (Finn et al. 2017) by the training engine: steps on a known machine's first windows, then the change that a step on
/// its other windows, healthy and faulty, would make from there. One thread at a time; the network's values are overwritten.</remarks>
internal sealed class DetectorStart(LearningRecipe recipe, Network network)
{
    private const int InnerSteps = 10;
    private const float InnerRate = 3e-3f;
    private const float OuterRate = 3e-2f;
    private const int Batch = 50;
    private const int JudgedWindows = 64;
    private const int MetaSteps = 60;
    private const int TasksPerStep = 4;

    private readonly LearningRecipe _healthyOnly = recipe with { Balances = false, Augmentation = new Augmentation() };

    /// <param name="start">Values to begin with.</param>
    /// <param name="healthy">Features, time-major; at least one.</param>
    public float[] Adapt(float[] start, IReadOnlyList<float[]> healthy, CancellationToken cancellation) => Move(
        start, new WindowSet(_healthyOnly, network.Input, InnerSteps * Batch, [new TruthPool(0, healthy)]), Batch, InnerRate, seed: 1, cancellation);

    /// <param name="joint">Values fitted on all machines together.</param>
    /// <param name="machines">First healthy windows of each machine known, and all of its windows.</param>
    public float[] Learn(
        float[] joint, IReadOnlyList<(IReadOnlyList<float[]> First, IReadOnlyList<TruthPool> All)> machines, ulong seed,
        CancellationToken cancellation)
    {
        var start = (float[])joint.Clone();
        var random = new SeededRandom(seed);
        for (var step = 0; step < MetaSteps; step++)
        {
            var change = new float[start.Length];
            for (var task = 0; task < TasksPerStep; task++)
            {
                var (first, all) = machines[random.Next(machines.Count)];
                var adapted = Adapt(start, first, cancellation);
                var moved = Move(
                    adapted, new WindowSet(recipe, network.Input, JudgedWindows, all), JudgedWindows, OuterRate, random.NextUInt64(), cancellation);
                for (var i = 0; i < change.Length; i++) change[i] += (moved[i] - adapted[i]) / TasksPerStep;
            }

            for (var i = 0; i < start.Length; i++) start[i] += change[i];
        }

        return start;
    }

    private float[] Move(float[] from, WindowSet windows, int batch, float rate, ulong seed, CancellationToken cancellation)
    {
        network.Load(from);
        var settings = recipe.Settings with
        {
            Epochs = 1, BatchSize = batch, LearningRate = rate, WarmupShare = 0, Optimiser = OptimiserKind.Momentum,
            Schedule = ScheduleKind.Constant, WeightDecay = 0, Seed = seed,
        };
        new Trainer(network, recipe.Loss(), settings).Run(windows, null, null, null, null, null, cancellation);
        return network.Values.ToArray();
    }
}
