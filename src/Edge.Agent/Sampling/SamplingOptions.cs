namespace Edge.Agent.Sampling;

/// <summary>How the sensor is read.</summary>
internal sealed record SamplingOptions
{
    /// <summary>Samples that wait for the pipeline at most; beyond that the oldest go.</summary>
    public int QueueCapacity { get; init; } = 8192;

    /// <summary>The rules hear of a silent sensor this often.</summary>
    public TimeSpan SilenceAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait before a sensor that did not answer is tried again.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <exception cref="ArgumentException">Out of range; the message names the field.</exception>
    public void Validate()
    {
        if (QueueCapacity is < 2 or > 16_777_216) throw new ArgumentException($"QueueCapacity: {QueueCapacity} must lie between 2 and 16777216");
        if (SilenceAfter <= TimeSpan.Zero) throw new ArgumentException($"SilenceAfter: {SilenceAfter} must be above 0");
        if (RetryAfter <= TimeSpan.Zero) throw new ArgumentException($"RetryAfter: {RetryAfter} must be above 0");
    }
}
