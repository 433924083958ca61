using Edge.Agent.Settings;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace Edge.Agent.Hosting;

/// <summary>Serilog behind <see cref="Microsoft.Extensions.Logging.ILogger"/>: lines for people or compact JSON, on standard error, so that standard output stays a verb's own.</summary>
internal static class LoggingSetup
{
    public static ILoggerFactory Create(LogOptions options)
    {
        var level = options.Level switch
        {
            "debug" => LogEventLevel.Debug,
            "warning" => LogEventLevel.Warning,
            "error" => LogEventLevel.Error,
            _ => LogEventLevel.Information,
        };
        var configuration = new LoggerConfiguration().MinimumLevel.Is(level).MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        Logger logger = (options.Format == "json"
            ? configuration.WriteTo.Console(new CompactJsonFormatter(), standardErrorFromLevel: LogEventLevel.Verbose)
            : configuration.WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}", standardErrorFromLevel: LogEventLevel.Verbose,
                formatProvider: System.Globalization.CultureInfo.InvariantCulture)).CreateLogger();
        return new SerilogLoggerFactory(logger, dispose: true);
    }
}
