namespace Hmas.Trust;

/// <summary>Stable words for why a package was not accepted; they travel in slot reports and logs.</summary>
public static class PackageReason
{
    /// <summary>The manifest is not the one asked for, or the ONNX bytes are not the manifest's.</summary>
    public const string DigestMismatch = "digest-mismatch";

    /// <summary>No trusted key signed the manifest.</summary>
    public const string Signature = "signature";

    /// <summary>The file ends before its own lengths say.</summary>
    public const string Truncated = "truncated";

    /// <summary>The manifest is no manifest of a version this reader knows, or its values contradict one another.</summary>
    public const string Manifest = "manifest";

    /// <summary>A length is beyond the limit, or bytes follow the end.</summary>
    public const string TooLarge = "too-large";

    /// <summary>Not a package file of a version this reader knows.</summary>
    public const string Format = "format";
}
