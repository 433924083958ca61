namespace Edge.Sensors.Simulation;

/// <summary>Standard normal numbers from a seed, the same on every machine and runtime (xorshift64*, Box-Muller).</summary>
internal sealed class GaussianNoise
{
    private ulong _state;
    private double _spare = double.NaN;

    public GaussianNoise(long seed)
    {
        // SplitMix64 of the seed: neighbouring seeds give unrelated streams, and the state is never 0.
        var z = unchecked((ulong)seed + 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        _state = (z ^ (z >> 31)) | 1;
    }

    public double Next()
    {
        if (!double.IsNaN(_spare))
        {
            var spare = _spare;
            _spare = double.NaN;
            return spare;
        }

        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        var angle = 2 * Math.PI * Uniform();
        _spare = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    /// <summary>From 0 up to, not including, 1.</summary>
    public double Uniform()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (unchecked(_state * 0x2545F4914F6CDD1D) >> 11) * (1.0 / (1ul << 53));
    }
}
