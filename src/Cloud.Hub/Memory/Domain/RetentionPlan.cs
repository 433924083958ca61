namespace Cloud.Hub.Memory.Domain;

/// <summary>Which experiences go when the archive outgrows its bound: the least valuable first, among equals the oldest.</summary>
/// <remarks>A histogram of bytes by value (1024 steps) stands in for a sort: one pass over the narrow table,
/// no index on value that every insert would have to keep.</remarks>
internal sealed class RetentionPlan
{
    private const int Steps = 1024;
    private readonly long[] _bytes = new long[Steps];

    public static int StepOf(double value) => double.IsNaN(value) ? 0 : (int)Math.Clamp(value * (Steps - 1), 0, Steps - 1);

    public void Count(double value, long bytes) => _bytes[StepOf(value)] += bytes;

    /// <summary>Everything below the step goes, and of the step itself the oldest rows worth <c>BytesOfStep</c>.</summary>
    /// <param name="excess">Bytes to free; more than there are frees all.</param>
    public (int Step, long BytesOfStep) For(long excess)
    {
        for (var step = 0; step < Steps; step++)
        {
            if (_bytes[step] >= excess) return (step, excess);
            excess -= _bytes[step];
        }

        return (Steps, 0);
    }
}
