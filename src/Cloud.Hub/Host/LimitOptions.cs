using System.ComponentModel.DataAnnotations;

namespace Cloud.Hub.Host;

/// <summary>Bounds on what anybody may ask of the hub.</summary>
public sealed class LimitOptions
{
    /// <summary>Open connections over all ports.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 4_096;

    /// <summary>Open WebSockets over all ports.</summary>
    [Range(1, 1_000_000)]
    public int MaxWebSockets { get; set; } = 512;

    /// <summary>A request body past this is answered with 413.</summary>
    [Range(1_024, 1_073_741_824)]
    public long MaxRequestBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Requests a second of one caller (identity, else address), over a longer time.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 500;

    /// <summary>Requests of one caller at once.</summary>
    [Range(1, 1_000_000)]
    public int RequestBurst { get; set; } = 1_000;

    /// <summary>Wrong credentials a minute from one address; past it every attempt is answered with 429 until the minute ends.</summary>
    [Range(1, 1_000_000)]
    public int FailedSignInsPerMinute { get; set; } = 60;
}
