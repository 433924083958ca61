namespace Cloud.Hub.Learning.Training;

/// <summary>xoshiro256** (Blackman and Vigna 2018), seeded through SplitMix64: same numbers on every
/// machine, state small enough to be saved with a checkpoint.</summary>
internal sealed class SeededRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SeededRandom(ulong seed)
    {
        _a = Mix(ref seed);
        _b = Mix(ref seed);
        _c = Mix(ref seed);
        _d = Mix(ref seed);
    }

    /// <summary>Four words; setting them continues a saved stream.</summary>
    public ulong[] State
    {
        get => [_a, _b, _c, _d];
        set => (_a, _b, _c, _d) = (value[0], value[1], value[2], value[3]);
    }

    /// <summary>A stream that belongs to a place (run, step, layer, sample), whoever works on it and when.</summary>
    public static ulong SeedOf(ulong seed, ulong first, ulong second, ulong third)
    {
        var mixed = seed;
        mixed = Mix(ref mixed) ^ (first * 0x9E3779B97F4A7C15);
        mixed = Mix(ref mixed) ^ (second * 0xC2B2AE3D27D4EB4F);
        mixed = Mix(ref mixed) ^ (third * 0x165667B19E3779F9);
        return Mix(ref mixed);
    }

    public ulong NextUInt64()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>[0, 1), 24 bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>[0, bound), without bias that matters below 2³²: Lemire 2019, multiply and shift.</summary>
    public int Next(int bound) => (int)(((NextUInt64() >> 32) * (ulong)bound) >> 32);

    /// <summary>Standard normal, Box and Muller 1958, one of the pair.</summary>
    public float NextNormal()
    {
        var u = 1.0 - NextSingle();
        var v = NextSingle();
        return (float)(Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
    }

    /// <summary>Fisher and Yates.</summary>
    public void Shuffle(Span<int> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private static ulong Mix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
