using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting.Logging;

/// <summary>Writes each log event as one piece to a stream: lines of two threads never mix. A stream that
/// breaks (a closed terminal) does not stop the agent.</summary>
/// <remarks>In place of the library's factory, which for one provider and one level is 0.1 MB of program.</remarks>
/// <param name="output">Not owned.</param>
/// <param name="least">Events below it are left out.</param>
internal sealed class LineLoggers(Stream output, bool asJson, LogLevel least, TimeProvider time) : ILoggerFactory
{
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    /// <exception cref="NotSupportedException">Lines are all there is.</exception>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the agent's log has one form: lines");

    public void Dispose()
    {
    }

    private bool IsEnabled(LogLevel level) => level >= least && level != LogLevel.None;

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

    private sealed class LineLogger(LineLoggers lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => lines.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            lines.Write(category, logLevel, eventId, formatter(state, exception), state as IEnumerable<KeyValuePair<string, object?>>, exception);
        }
    }
}
