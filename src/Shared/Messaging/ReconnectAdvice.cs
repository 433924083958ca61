namespace Hmas.Messaging;

/// <summary>What an MQTT 5 reason code (OASIS MQTT 5.0, table 2-6) asks of the client before it comes back.</summary>
public static class ReconnectAdvice
{
    /// <summary>Whoever took our session has our identity: one attempt in ten minutes leaves it working and still lets a person see both.</summary>
    public static readonly TimeSpan AfterTakeOver = TimeSpan.FromMinutes(10);

    /// <summary>Least wait for a reason code; zero when the code asks for nothing.</summary>
    /// <param name="cap">The back-off's cap.</param>
    public static TimeSpan LeastWait(byte reasonCode, TimeSpan cap) => reasonCode switch
    {
        0x89 or 0x96 or 0x97 or 0x9F => cap / 2, // server busy, message rate too high, quota exceeded, connection rate exceeded
        0x85 or 0x86 or 0x87 or 0x8A => cap, // client id, user name or password, not authorised, banned: a person must act
        0x9C or 0x9D => cap, // use another server, server moved: a person must confirm the address
        0x8E => AfterTakeOver,
        _ => TimeSpan.Zero,
    };
}
