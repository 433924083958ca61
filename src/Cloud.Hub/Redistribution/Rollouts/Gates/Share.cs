namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What a device adds to a metric.</summary>
/// <param name="Trials">Independent observations.</param>
/// <param name="Hits">Of them, 0 to <paramref name="Trials"/>; in pairs those where only the new model hit.</param>
/// <param name="Misses">In pairs those where only the old model hit.</param>
internal readonly record struct Share(double Trials, double Hits, double Misses = 0)
{
    public static Share operator +(Share one, Share other) => new(one.Trials + other.Trials, one.Hits + other.Hits, one.Misses + other.Misses);

    public static Share operator *(Share share, double weight) => new(share.Trials * weight, share.Hits * weight, share.Misses * weight);
}
