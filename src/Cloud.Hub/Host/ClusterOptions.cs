using System.ComponentModel.DataAnnotations;

namespace Cloud.Hub.Host;

/// <summary>Where grains live: alone on this machine by default, on many with Redis.</summary>
public sealed class ClusterOptions
{
    /// <summary><c>host:port</c> (or a StackExchange.Redis configuration); empty: a cluster of this process alone, state in the embedded store.</summary>
    public string Redis { get; set; } = "";

    /// <summary>Silos of the same name find each other and share state.</summary>
    [Required]
    public string Name { get; set; } = "hmas";

    /// <summary>Address that other silos reach this one at.</summary>
    [Required]
    public string Advertise { get; set; } = "127.0.0.1";

    /// <summary>Between two liveness probes. With two missed and one vote a dead silo is declared after about two of these.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);
}
