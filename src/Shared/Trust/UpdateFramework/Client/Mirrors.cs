using System.Text;

namespace Hmas.Trust.UpdateFramework.Client;

/// <summary>Places that hold the same files. None is trusted: a file counts once it was accepted, and
/// what one mirror spoils or hides the next may still have.</summary>
public sealed class Mirrors
{
    private readonly IReadOnlyList<string> _bases;

    /// <param name="bases">http or https, in order of preference; at least one. A final slash is added where it lacks.</param>
    /// <exception cref="ArgumentException">None, or one that is no such address.</exception>
    public Mirrors(IReadOnlyList<string> bases)
    {
        ArgumentNullException.ThrowIfNull(bases);
        if (bases.Count == 0) throw new ArgumentException("no address is given", nameof(bases));
        foreach (var address in bases)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                throw new ArgumentException($"'{address}' is no http or https address", nameof(bases));
        }

        _bases = [.. bases.Select(address => address.EndsWith('/') ? address : address + "/")];
    }

    /// <summary>Tries each mirror until one gives what is accepted.</summary>
    /// <param name="path">Relative to the base, already escaped.</param>
    /// <param name="attempt">Fetches and accepts; must change nothing when it throws <see cref="UpdateException"/>.</param>
    /// <exception cref="UpdateException">No mirror did. <see cref="UpdateReason.NotFound"/> if any mirror said so:
    /// a hostile one could, and must not gain more by an error.</exception>
    public async Task FirstAsync(string path, Func<Uri, Task> attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        UpdateException? refusal = null;
        foreach (var address in _bases)
        {
            try
            {
                await attempt(Exactly(address + path));
                return;
            }
            catch (UpdateException e)
            {
                refusal = refusal is null || e.Reason == UpdateReason.NotFound ? e : refusal;
            }
        }

        throw refusal!;
    }

    /// <summary>A target path as it goes into an address: slashes stay, and so does an escape that is already
    /// there (a target path is a relative URL, specification 4.5).</summary>
    public static string Escape(string targetPath)
    {
        ArgumentNullException.ThrowIfNull(targetPath);
        var escaped = new StringBuilder();
        for (var i = 0; i < targetPath.Length; i++)
        {
            if (targetPath[i] == '/' || IsEscape(targetPath.AsSpan(i)))
            {
                escaped.Append(targetPath[i]);
                continue;
            }

            var length = char.IsSurrogatePair(targetPath, i) ? 2 : 1;
            escaped.Append(Uri.EscapeDataString(targetPath.AsSpan(i, length)));
            i += length - 1;
        }

        return escaped.ToString();
    }

    private static bool IsEscape(ReadOnlySpan<char> text) =>
        text.Length >= 3 && text[0] == '%' && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);

    /// <summary>The address as it stands: Uri would resolve dot segments, which may be part of a name here.</summary>
    private static Uri Exactly(string address) => new(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
