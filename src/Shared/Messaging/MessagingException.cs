namespace Hmas.Messaging;

/// <summary>A message was not handed over. It may have arrived all the same: QoS 1 is at least once.</summary>
public sealed class MessagingException(MessagingFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public MessagingFailure Failure { get; } = failure;
}
