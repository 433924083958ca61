namespace Cloud.Hub.Communication;

/// <summary>Why something from outside was not taken; the word in the counter's tag.</summary>
internal enum RejectionReason
{
    /// <summary>Not enrolled, wrong password, client id that is not the user name, or one connection too many.</summary>
    Connection,

    /// <summary>A topic that is not the device's.</summary>
    Forbidden,

    /// <summary>The topic names a device that is not enrolled at that site.</summary>
    UnknownDevice,

    /// <summary>The batch names another device than the topic it came on.</summary>
    WrongDevice,

    TooLarge,

    /// <summary>Not what the contract says.</summary>
    Malformed,
}
