using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>Writes each log event as one piece to a stream: lines of two threads never mix. A stream that
/// breaks (a closed terminal) does not stop the agent.</summary>
/// <param name="output">Not owned.</param>
internal sealed class LineLoggerProvider(Stream output, bool asJson, TimeProvider time) : ILoggerProvider
{
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(
        string category, LogLevel level, EventId id, string message, IEnumerable<KeyValuePair<string, object?>>? state, Exception? error)
    {
        var at = time.GetLocalNow();
        lock (_gate)
        {
            _line.ResetWrittenCount();
            if (asJson) LogLine.WriteJson(_line, at, level, category, id, message, state, error);
            else LogLine.WriteText(_line, at, level, message, error);
            try
            {
                output.Write(_line.WrittenSpan);
            }
            catch (IOException)
            {
                // There is nobody left to tell.
            }
        }
    }

    private sealed class LineLogger(LineLoggerProvider lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Write(category, logLevel, eventId, formatter(state, exception), state as IEnumerable<KeyValuePair<string, object?>>, exception);
    }
}
