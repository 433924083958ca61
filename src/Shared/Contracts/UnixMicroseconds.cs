namespace Hmas.Contracts;

/// <summary>Time as every record and message holds it: microseconds since 1970-01-01 00:00 UTC.</summary>
/// <remarks>Back: <see cref="DateTimeOffset.AddMicroseconds"/> on <see cref="DateTimeOffset.UnixEpoch"/>.</remarks>
public static class UnixMicroseconds
{
    /// <summary>Whole microseconds; what is finer is cut off.</summary>
    public static long ToUnixMicroseconds(this DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
