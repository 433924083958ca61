using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Cloud.Hub.Host;

/// <summary>What the program as a whole can be told; each service has its own section beside these keys.</summary>
public sealed class HubOptions
{
    /// <summary>Folder of all state.</summary>
    [Required]
    public string Data { get; set; } = "./hmas-data";

    /// <summary><c>all</c>, or names from <see cref="HubServices.All"/> with commas.</summary>
    [Required]
    public string Services { get; set; } = "all";

    /// <summary>IP address to listen on; anything but loopback needs <see cref="Tls"/>.</summary>
    [Required]
    public string Bind { get; set; } = "127.0.0.1";

    /// <summary>Added to every port, also to those set singly.</summary>
    [Range(0, 50_000)]
    public int PortOffset { get; set; }

    /// <summary>Ports that differ from the table, by service name; also <c>front</c>, <c>mqtt</c>, <c>mqtts</c>, <c>silo</c>.</summary>
    public Dictionary<string, int> Ports { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    public TlsOptions Tls { get; set; } = new();

    /// <summary>Addresses of services that run in another process, by service name: <c>http://127.0.0.1:8200</c>.</summary>
    public Dictionary<string, Uri> Remotes { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>File with the operator token of the remote services; empty: this hub's own, for processes that share it.</summary>
    public string RemoteTokenFile { get; set; } = "";

    public ClusterOptions Cluster { get; set; } = new();

    public LimitOptions Limits { get; set; } = new();

    public LogOptions Log { get; set; } = new();

    /// <exception cref="HubStartException">A name that is no service.</exception>
    public IReadOnlyList<string> SelectedServices()
    {
        if (Services.Trim() == "all") return HubServices.All;
        var named = Services.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var name in named)
        {
            if (!HubServices.All.Contains(name))
            {
                throw new HubStartException($"services: there is no service '{name}'; known are {string.Join(", ", HubServices.All)}");
            }
        }

        if (named.Length == 0) throw new HubStartException("services: at least one must be named");
        return [.. HubServices.All.Where(named.Contains)];
    }

    /// <exception cref="HubStartException">Not an IP address.</exception>
    public IPAddress BindAddress() => Bind switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(Bind, out var address) ? address : throw new HubStartException($"bind: '{Bind}' is not an IP address"),
    };
}
