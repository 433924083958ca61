using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Training.Optimisers;

/// <summary>Exponential moving average of a network's values.</summary>
internal static class MovingAverage
{
    /// <param name="average">Moved towards <paramref name="values"/>.</param>
    /// <param name="decay">What is kept of it once there were many steps.</param>
    /// <param name="steps">Steps done: early on a long memory would hold the first, random values, so the decay ramps up.</param>
    public static void Step(ReadOnlySpan<float> values, Span<float> average, float decay, long steps) =>
        TensorPrimitives.Lerp(values, average, Math.Min(decay, (1f + steps) / (10f + steps)), average);
}
