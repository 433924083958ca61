using System.Numerics;

namespace Cloud.Hub.Learning.Training.Optimisers;

/// <summary>Turns a gradient into a change of the values.</summary>
internal abstract class Optimiser
{
    /// <summary>2⁻¹⁰⁰. A memory below it moves no value any more and becomes zero: left alone, the memory of a gradient that stays zero
    /// shrinks to subnormal numbers, and a processor takes a hundred times as long over each of those.</summary>
    protected const float Nothing = 7.888609e-31f;

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

    /// <summary>A memory, or zero where it is next to nothing.</summary>
    protected static Vector<float> Kept(Vector<float> memory) =>
        Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(memory), new Vector<float>(Nothing)), Vector<float>.Zero, memory);

    /// <inheritdoc cref="Kept(Vector{float})"/>
    protected static float Kept(float memory) => MathF.Abs(memory) < Nothing ? 0f : memory;
}
