namespace Hmas.Contracts.Deltas;

/// <summary>What is expected of one bit: the mean of two estimates, of which one forgets after some 16 bits and one after some 128.</summary>
internal struct AdaptiveBit
{
    private const int FastRate = 4;
    private const int SlowRate = 7;

    // Half minus: unset memory means that both are equally likely.
    private short _fast;
    private short _slow;

    /// <summary>Chance of a 0 in units of 1/65,536, never so small or large that a coder would stall.</summary>
    public readonly uint ChanceOfZero => (uint)Math.Clamp(32_768 + ((_fast + _slow) >> 1), 64, 65_472);

    public void Learn(int bit)
    {
        var target = bit == 0 ? short.MaxValue : short.MinValue;
        _fast += (short)((target - _fast) >> FastRate);
        _slow += (short)((target - _slow) >> SlowRate);
    }
}
