namespace Cloud.Hub.Learning.Training.Optimisers;

/// <summary>Turns a gradient into a change of the values.</summary>
internal abstract class Optimiser
{
    /// <param name="count">Number of parameters.</param>
    public static Optimiser Of(OptimiserKind kind, int count, float decay) => kind switch
    {
        OptimiserKind.Adam => new Adam(count, decay),
        OptimiserKind.Momentum => new Momentum(count, decay: decay),
        _ => new Adam(count, decay, decoupled: true),
    };

    public abstract string Name { get; }

    /// <summary>Steps done.</summary>
    public long Steps { get; set; }

    /// <summary>What it remembers, for checkpoints: each as long as the parameters.</summary>
    public abstract IReadOnlyList<float[]> Memory { get; }

    /// <param name="rate">Learning rate of this step.</param>
    public abstract void Step(Span<float> values, ReadOnlySpan<float> gradients, float rate);
}
