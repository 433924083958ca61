namespace Hmas.Trust.UpdateFramework;

/// <summary>An update stopped; what was trusted before still is.</summary>
/// <param name="message">Role or file, expected, found; for people.</param>
public sealed class UpdateException(UpdateReason reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public UpdateReason Reason { get; } = reason;
}
