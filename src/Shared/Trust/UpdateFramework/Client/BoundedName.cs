using System.Security.Cryptography;
using System.Text;

namespace Hmas.Trust.UpdateFramework.Client;

/// <summary>File names made of what a repository calls its roles and targets, which may be longer than a file system takes.</summary>
internal static class BoundedName
{
    /// <summary>File systems take 255 bytes of name; an ending and room for a temporary file's are left.</summary>
    private const int MaxLength = 200;

    /// <summary>The name itself, or, when it is empty or too long, <c>=</c> and the SHA-256 of it. No escaped text begins with <c>=</c>.</summary>
    /// <param name="escaped">Letters, digits and what an escaped text holds.</param>
    public static string Of(string escaped) => escaped.Length is > 0 and <= MaxLength
        ? escaped : $"={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(escaped)))}";
}
