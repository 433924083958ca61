namespace Cloud.Hub.Learning.Training.Optimisers;

/// <summary>Stochastic gradient descent with heavy-ball momentum, as PyTorch writes it: b = μ·b + g, v −= rate·b.</summary>
internal sealed class Momentum(int count, float momentum = 0.9f, float decay = 0f) : Optimiser
{
    private readonly float[] _speed = new float[count];

    public override string Name => "sgd";

    public override IReadOnlyList<float[]> Memory => [_speed];

    public override void Step(Span<float> values, ReadOnlySpan<float> gradients, float rate)
    {
        Steps++;
        for (var i = 0; i < values.Length; i++)
        {
            _speed[i] = Kept((momentum * _speed[i]) + gradients[i] + (decay * values[i]));
            values[i] -= rate * _speed[i];
        }
    }
}
