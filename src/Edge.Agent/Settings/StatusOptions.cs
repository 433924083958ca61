using System.ComponentModel.DataAnnotations;

namespace Edge.Agent.Settings;

/// <summary>How the device shows itself on its own machine. Section <c>status</c>.</summary>
internal sealed class StatusOptions
{
    /// <summary>Unix socket of <c>hmas-agent status</c>; null: <c>status.sock</c> in the state folder. Mode 0600.</summary>
    public string? Socket { get; set; }

    /// <summary>Loopback port of <c>/metrics</c> in Prometheus text; 0: none.</summary>
    [Range(0, 65535)]
    public int MetricsPort { get; set; }
}
