namespace Hmas.Contracts.Artefacts;

/// <summary>A content address: <c>sha256:</c> and 64 lower-case hex digits.</summary>
public static class ArtefactDigest
{
    private const string Prefix = "sha256:";
    private const int HexLength = 64;

    /// <summary>Whether a text is a digest, and so safe to make a path of.</summary>
    public static bool IsValid(string? digest)
    {
        if (digest is null || digest.Length != Prefix.Length + HexLength || !digest.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        foreach (var c in digest.AsSpan(Prefix.Length))
        {
            if (!char.IsAsciiDigit(c) && c is not (>= 'a' and <= 'f')) return false;
        }

        return true;
    }

    /// <param name="sha256">32 bytes.</param>
    public static string Of(ReadOnlySpan<byte> sha256) => Prefix + Convert.ToHexStringLower(sha256);

    /// <summary>Without the algorithm.</summary>
    /// <exception cref="ArgumentException">No digest.</exception>
    public static string Hex(string digest) =>
        IsValid(digest) ? digest[Prefix.Length..] : throw new ArgumentException($"'{digest}' is no digest", nameof(digest));
}
