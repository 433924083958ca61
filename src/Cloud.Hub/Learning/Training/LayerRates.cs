using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Training;

/// <summary>Gives each layer its own share of an optimiser's step: discriminative rates (Howard and Ruder 2018), 0 freezes.</summary>
/// <remarks>The change of a step is linear in its rate for every optimiser here, weight decay
/// included, so scaling the change is scaling the rate.</remarks>
internal sealed class LayerRates
{
    private readonly Network _network;
    private readonly List<(int Offset, int Count, float Rate)> _scaled = [];
    private readonly float[] _before;

    /// <param name="rates">One for each layer that learns, from the input on, each in [0, 1].</param>
    /// <exception cref="ArgumentException">Another number of rates than of layers that learn, or one outside [0, 1].</exception>
    public LayerRates(Network network, IReadOnlyList<float> rates)
    {
        _network = network;
        _before = new float[network.ParameterCount];
        var layers = network.Layers.Where(layer => layer.Parameters.Count > 0).ToList();
        if (layers.Count != rates.Count) throw new ArgumentException($"{rates.Count} layer rates for {layers.Count} layers that learn");
        for (var i = 0; i < rates.Count; i++)
        {
            if (rates[i] is not (>= 0 and <= 1))
                throw new ArgumentException($"layer rate {rates[i]} of layer {layers[i].Position} is outside [0, 1]");
            if (rates[i] == 1) continue;
            foreach (var parameter in layers[i].Parameters) _scaled.Add((parameter.Offset, parameter.Count, rates[i]));
        }
    }

    public void Before() => _network.Parameters.CopyTo(_before);

    public void After()
    {
        foreach (var (offset, count, rate) in _scaled)
        {
            var before = _before.AsSpan(offset, count);
            var now = _network.Parameters.Slice(offset, count);
            if (rate == 0) before.CopyTo(now);
            else TensorPrimitives.Lerp<float>(before, now, rate, now);
        }
    }
}
