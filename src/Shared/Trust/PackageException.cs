namespace Hmas.Trust;

/// <summary>A package file was not accepted.</summary>
/// <param name="reason">One of <see cref="PackageReason"/>.</param>
/// <param name="message">What was found where, for people.</param>
/// <param name="inner">What the reader below said, if anything.</param>
public sealed class PackageException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="PackageReason"/>.</summary>
    public string Reason { get; } = reason;
}
