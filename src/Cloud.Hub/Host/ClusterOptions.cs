using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Cloud.Hub.Host;

/// <summary>Where grains live: alone on this machine by default, on many with Redis.</summary>
public sealed class ClusterOptions
{
    /// <summary><c>host:port</c> (or a StackExchange.Redis configuration); empty: a cluster of this
    /// process alone, state in the embedded store.</summary>
    public string Redis { get; set; } = "";

    /// <summary>Silos of the same name find each other and share state.</summary>
    [Required]
    public string Name { get; set; } = "hmas";

    /// <summary>IP address that other silos reach this one at; anything but loopback needs <see cref="CaFile"/>.</summary>
    [Required]
    public string Advertise { get; set; } = "127.0.0.1";

    /// <summary>PEM file of the authority whose certificates silos show each other, with TLS both ways and
    /// <c>tls</c> as this one's own; empty: none, on loopback only.</summary>
    public string CaFile { get; set; } = "";

    /// <summary>Between two liveness probes. With two missed and one vote a dead silo is declared after about two of these.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <exception cref="HubStartException">Not an IP address.</exception>
    public IPAddress AdvertisedAddress() =>
        IPAddress.TryParse(Advertise, out var parsed)
            ? parsed : throw new HubStartException($"cluster.advertise: '{Advertise}' is not an IP address");
}
