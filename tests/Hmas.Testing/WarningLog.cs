using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Hmas.Testing;

/// <summary>A logger whose warnings a test can wait for.</summary>
public sealed class WarningLog : ILogger
{
    private readonly Channel<string> _warnings = Channel.CreateUnbounded<string>();

    /// <summary>The next warning or error, as people would read it.</summary>
    public Task<string> NextAsync() => _warnings.Reader.ReadAsync().InTimeAsync();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) _warnings.Writer.TryWrite(formatter(state, exception));
    }
}
