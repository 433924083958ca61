using Serilog.Events;

namespace Cloud.Hub.Host;

/// <summary>What the hub says of itself, and how.</summary>
public sealed class LogOptions
{
    public LogEventLevel Level { get; set; } = LogEventLevel.Information;

    /// <summary>One compact JSON object a line instead of text.</summary>
    public bool Json { get; set; }
}
