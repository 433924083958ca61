using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>The regression protocol of Finn et al. 2017: y = a·sin(x − φ), amplitude 0.1 to 5, phase 0 to π, x uniform in −5 to 5.</summary>
internal sealed class SinusoidTasks : ITaskFamily
{
    public ITargetLoss Loss { get; } = new SquaredError();

    public void Draw(SeededRandom random, Span<float> inputs, Span<float> targets)
    {
        var amplitude = 0.1f + (4.9f * random.NextSingle());
        var phase = MathF.PI * random.NextSingle();
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = (10 * random.NextSingle()) - 5;
            targets[i] = amplitude * MathF.Sin(inputs[i] - phase);
        }
    }
}
