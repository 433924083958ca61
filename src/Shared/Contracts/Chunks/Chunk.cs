using System.Buffers;

namespace Hmas.Contracts.Chunks;

/// <summary>A piece of a file.</summary>
public sealed class Chunk(string hash, long offset, int length)
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>SHA-256 of its bytes, 64 lower-case hex digits.</summary>
    public string Hash { get; } = hash;

    /// <summary>Where it begins in the file.</summary>
    public long Offset { get; } = offset;

    /// <summary>1 to <see cref="ChunkList.ChunkBytes"/>.</summary>
    public int Length { get; } = length;

    /// <summary>Whether a text has the form of a chunk's hash: it may become part of an address.</summary>
    public static bool IsHash(ReadOnlySpan<char> text) => text.Length == 64 && !text.ContainsAnyExcept(HexDigits);
}
