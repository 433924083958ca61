using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Hmas.Benchmarks.Learning;

/// <summary>One of our training steps on random samples: forward, loss, backward, optimiser.</summary>
internal sealed class PeerStep : IDisposable
{
    private readonly int _batch;
    private readonly Network _network;
    private readonly NetworkRun _run;
    private readonly Sequence _target;
    private readonly Loss _loss;
    private readonly Optimiser _optimiser;

    public PeerStep(string model, int batch, int threads)
    {
        _batch = batch;
        _network = new Network(PeerModels.Input(model), PeerModels.Layers(model), seed: 1);
        _run = new NetworkRun(_network, batch, threads);
        _loss = _network.Output.Channels == 10 ? new SoftmaxCrossEntropy() : new MeanSquaredError();
        _target = new Sequence(batch, _loss.TargetOf(_network.Output));
        _optimiser = model == "ResNet-8" ? new Momentum(_network.ParameterCount) : new Adam(_network.ParameterCount);
        var random = new SeededRandom(1);
        for (var b = 0; b < batch; b++)
        {
            foreach (ref var value in _run.Input.SampleSpan(b)) value = random.NextSingle();
            if (_loss is SoftmaxCrossEntropy) _target.SampleSpan(b)[0] = b % 10;
            else _run.Input.SampleSpan(b).CopyTo(_target.SampleSpan(b));
        }
    }

    /// <returns>Samples trained.</returns>
    public int Run()
    {
        _run.Step(_batch, _loss, _target, 1);
        _optimiser.Step(_network.Parameters, _run.Gradients, _optimiser is Momentum ? 0.01f : 1e-3f);
        _network.Prepare();
        return _batch;
    }

    public void Dispose()
    {
        _run.Dispose();
        _network.Dispose();
        _target.Dispose();
    }
}
