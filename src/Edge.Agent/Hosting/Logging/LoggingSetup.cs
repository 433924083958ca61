using Edge.Agent.Settings;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting.Logging;

/// <summary>Lines for people or compact JSON, on standard error, so that standard output stays a verb's own.</summary>
internal static class LoggingSetup
{
    public static ILoggerFactory Create(LogOptions options)
    {
        var level = options.Level switch
        {
            "debug" => LogLevel.Debug,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => LogLevel.Information,
        };
        return new LineLoggers(Console.OpenStandardError(), options.Format == "json", level, TimeProvider.System);
    }
}
