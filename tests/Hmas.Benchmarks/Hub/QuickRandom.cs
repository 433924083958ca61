namespace Hmas.Benchmarks.Hub;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): millions of simulated windows are drawn from it.</summary>
internal sealed class QuickRandom(ulong seed)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double of) => NextDouble() < of;

    /// <summary>Steps until an event that each step has one chance in so many of.</summary>
    public long Until(double every) => 1 + (long)(-every * Math.Log(1 - NextDouble()));

    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());
}
