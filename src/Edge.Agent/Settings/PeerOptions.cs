using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Edge.Agent.Settings;

/// <summary>Chunks of packages from near by, and for others near by. Section <c>peers</c>; off unless a source or a
/// secret is given.</summary>
internal sealed class PeerOptions : IValidatableObject
{
    public const int MinSecretBytes = 16;

    /// <summary>File with the site's secret, mode 0600, at least 16 bytes: who knows it may ask this device, and the hub names devices that may
    /// be asked. Null: no device is asked, none is answered.</summary>
    public string? SecretFile { get; set; }

    /// <summary>Where this device answers, <c>192.168.7.20:8390</c>: what others of the site call, so no wildcard. Null: nowhere.</summary>
    public string? Listen { get; set; }

    /// <summary>Bytes a second that this device gives away at most. Default 1 MiB.</summary>
    [Range(1 << 10, 1L << 30)]
    public long BytesPerSecond { get; set; } = 1 << 20;

    /// <summary>Addresses that are asked first: an HTTP cache or object store with the hub's chunks, <c>http://cache.site/</c>. At most 8.</summary>
    public IList<string> Sources { get; } = [];

    /// <summary>Whether anybody near by is asked.</summary>
    public bool Asks() => SecretFile is not null || Sources.Count > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Listen is not null && (!IPEndPoint.TryParse(Listen, out var end) || end.Port == 0 || end.Address.Equals(IPAddress.Any)
            || end.Address.Equals(IPAddress.IPv6Any)))
            yield return new ValidationResult($"peers:listen '{Listen}' must be ADDRESS:PORT of this device, such as 192.168.7.20:8390");
        if (Listen is not null && SecretFile is null) yield return new ValidationResult("peers:listen needs peers:secretFile");
        if (Sources.Count > 8) yield return new ValidationResult($"peers:sources has {Sources.Count} addresses, 8 at most");
        foreach (var source in Sources.Where(static source => !IsAddress(source)))
            yield return new ValidationResult($"peers:sources '{source}' must be http:// or https://");
    }

    private static bool IsAddress(string source) => Uri.TryCreate(source, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
