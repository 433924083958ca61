namespace Hmas.Contracts.Deltas;

/// <summary>Numbers of a delta, each with statistics of its own.</summary>
internal enum NumberKind
{
    LiteralCount = 0,
    CopyCount = 1,

    /// <summary>How far the old file's place moves, sign in the lowest bit.</summary>
    Seek = 2,
}
