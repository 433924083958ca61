using System.Security.Cryptography;
using System.Text;

namespace Edge.Agent.Sync.Downlink;

/// <summary>What the devices of a site know of one another: who may ask for a chunk shows that it knows the secret, for this chunk alone.
/// Whoever listens learns nothing that he could not ask for anyway: the chunk itself went past him.</summary>
internal static class SiteSecret
{
    public const string Scheme = "HMAS-Chunk";

    /// <summary>HMAC-SHA256 of the chunk's hash under the secret, hex digits.</summary>
    public static string Proof(string secret, string hash) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(hash)));

    /// <summary>In a time that says nothing of how much was right.</summary>
    public static bool Holds(string secret, string hash, ReadOnlySpan<char> proof)
    {
        var right = Encoding.ASCII.GetBytes(Proof(secret, hash));
        var given = new byte[right.Length];
        return Encoding.ASCII.TryGetBytes(proof, given, out var length) && length == right.Length
            && CryptographicOperations.FixedTimeEquals(right, given);
    }
}
