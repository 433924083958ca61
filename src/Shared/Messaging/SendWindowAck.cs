namespace Hmas.Messaging;

/// <summary>What an acknowledgement meant.</summary>
public enum SendWindowAck
{
    /// <summary>More is on the hub's disk: delete up to <see cref="SendWindow.Acknowledged"/>.</summary>
    Advanced,

    /// <summary>Nothing new: a repeat, or the hub saw a gap and waits for the resend.</summary>
    Repeated,

    /// <summary>The hub holds less than it once acknowledged: late delivery, or a hub restored from a backup. The sender
    /// covers the hole with a tombstone, or the hub would wait for ever.</summary>
    Behind,

    /// <summary>Meant for an outbox that is no more.</summary>
    OtherEpoch,

    /// <summary>Above the newest sequence ever made here: not ours; ignored.</summary>
    Unknown,
}
