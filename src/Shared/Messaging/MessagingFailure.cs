namespace Hmas.Messaging;

public enum MessagingFailure
{
    /// <summary>There is no link now; wait for the next <see cref="ConnectionChange"/>.</summary>
    NotConnected,

    /// <summary>The broker did not answer in time; the link is being probed.</summary>
    Deadline,

    /// <summary>The link broke before the acknowledgement.</summary>
    LinkLost,

    /// <summary>The broker answered that it does not take this message: repeating it is no use.</summary>
    Refused,

    /// <summary>Above the largest packet that the broker takes.</summary>
    TooLarge,
}
