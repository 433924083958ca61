using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Losses;

namespace Cloud.Hub.Learning.Studies;

/// <summary>A classifier's network as the studies use it: fitted anew or from given values, with or without replay, and asked in float.</summary>
internal sealed class StudyNet : IDisposable
{
    private const int Epochs = 5;
    private const int Batch = 128;

    private readonly ClassRecipe _recipe;
    private readonly Network _network;
    private readonly NetworkRun _run;
    private readonly int _steps;

    /// <param name="steps">Of each fit.</param>
    public StudyNet(ClassRecipe recipe, int features, int steps, ulong seed)
    {
        _recipe = recipe;
        _steps = steps;
        Seed = seed;
        _network = new Network(new Shape(1, features), recipe.Layers(), seed);
        _run = new NetworkRun(_network, Batch);
        LearningLayers = _network.Layers.Count(layer => layer.Parameters.Count > 0);
    }

    public ulong Seed { get; }

    /// <summary>Layers that learn.</summary>
    public int LearningLayers { get; }

    public float[] Values => _network.Values.ToArray();

    public void Load(float[] values) => _network.Load(values);

    /// <summary>Goes on from the present values.</summary>
    /// <param name="layerRates">As <see cref="TrainingSettings.LayerRates"/>.</param>
    /// <param name="rate">Factor of the recipe's learning rate.</param>
    /// <exception cref="CorpusException">The fit diverged.</exception>
    public void Fit(
        IReadOnlyList<(float[] Features, int Class, int Weight)> fresh, IReadOnlyList<(float[] Features, int Class, int Weight)> replay,
        IReadOnlyList<float> layerRates, float rate,
        CancellationToken cancellation)
    {
        var settings = _recipe.Settings with
        {
            Epochs = Epochs,
            BatchSize = Batch,
            Seed = Seed,
            AverageDecay = 0.99f,
            LearningRate = rate * _recipe.Settings.LearningRate,
            LayerRates = layerRates,
            ReplayShare = replay.Count > 0 ? 0.5f : 0,
        };
        var draws = _steps * Batch / Epochs;
        var set = new ClassSet(fresh, _recipe.Noise, replay.Count > 0 ? draws / 2 : draws);
        var known = replay.Count > 0 ? new ClassSet(replay, _recipe.Noise, replay.Count) : null;
        var outcome = new Trainer(_network, new SoftmaxCrossEntropy(smoothing: _recipe.Smoothing), settings).Run(
            set, known, null, null, null, null, cancellation);
        if (outcome.Divergence is { } divergence) throw new CorpusException($"recipe {_recipe.Name}: the fit {divergence}");
    }

    /// <summary>Logits of each row.</summary>
    public IReadOnlyList<float[]> Ask(IReadOnlyList<(float[] Features, int Class, int Weight)> samples)
    {
        var answers = new List<float[]>(samples.Count);
        for (var from = 0; from < samples.Count; from += Batch)
        {
            var count = Math.Min(Batch, samples.Count - from);
            for (var i = 0; i < count; i++) samples[from + i].Features.CopyTo(_run.Input.SampleSpan(i));
            _run.Forward(count);
            for (var i = 0; i < count; i++) answers.Add(_run.Output.SampleSpan(i).ToArray());
        }

        return answers;
    }

    public ClassScore Score(IReadOnlyList<(float[] Features, int Class, int Weight)> samples)
    {
        var score = new ClassScore(_recipe.Classes.Count);
        var answers = Ask(samples);
        for (var i = 0; i < samples.Count; i++) score.Add(samples[i].Class, System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(answers[i]));
        return score;
    }

    public void Dispose()
    {
        _run.Dispose();
        _network.Dispose();
    }
}
