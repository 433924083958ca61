namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): millions of simulated windows are drawn from it.</summary>
/// <param name="seed">Mixed first: neighbouring seeds must not be one stream, shifted by a draw.</param>
internal sealed class QuickRandom(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = Mix(Mix(seed + Golden) + Golden);

    public ulong Next() => Mix(_state += Golden);

    private static ulong Mix(ulong z)
    {
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
