namespace Hmas.Contracts.Deltas;

/// <summary>One side of the entropy coder. A model walks through its symbols the same way on both sides; the
/// coder either writes the bits it is given or says what they were.</summary>
internal interface IBitCoder
{
    /// <param name="bit">What to write, 0 or 1; a reader ignores it.</param>
    /// <returns>The bit that was written or read.</returns>
    int Code(ref AdaptiveBit model, int bit);
}
