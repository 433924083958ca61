namespace Edge.Sensors.Replay;

/// <summary>Lines of a text file up to a length; LF and CR LF end a line, the last line needs no end.</summary>
internal sealed class BoundedLineReader(string path) : IDisposable
{
    /// <summary>Characters; a row of 1,000 channels of 17 digits has a quarter of this.</summary>
    public const int MaxLength = 65_536;

    private readonly StreamReader _reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
    private readonly char[] _line = new char[MaxLength];

    /// <summary>Number of the line last read, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>False at the end of the file. The span is valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<char> line)
    {
        var length = 0;
        while (true)
        {
            var next = _reader.Read();
            if (next < 0 && length == 0)
            {
                line = default;
                return false;
            }

            if (next is < 0 or '\n')
            {
                Line++;
                if (length > 0 && _line[length - 1] == '\r') length--;
                line = _line.AsSpan(0, length);
                return true;
            }

            if (length == MaxLength)
            {
                throw new SensorDataException(SensorDataFault.LineTooLong, path, Line + 1, null, $"line is longer than {MaxLength} characters");
            }

            _line[length++] = (char)next;
        }
    }

    public void Dispose() => _reader.Dispose();
}
