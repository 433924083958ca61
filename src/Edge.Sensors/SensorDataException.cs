namespace Edge.Sensors;

/// <summary>A recording that cannot be used, with the place.</summary>
public sealed class SensorDataException : SensorException
{
    public SensorDataException(SensorDataFault fault, string file, long line, string? column, string reason, Exception? inner = null)
        : base(Describe(file, line, column, reason), inner)
    {
        Fault = fault;
        File = file;
        Line = line;
        Column = column;
        Reason = reason;
    }

    public SensorDataFault Fault { get; }

    public string File { get; }

    /// <summary>From 1; 0 when the whole file is meant.</summary>
    public long Line { get; }

    public string? Column { get; }

    /// <summary>What is wrong, for people.</summary>
    public string Reason { get; }

    private static string Describe(string file, long line, string? column, string reason)
    {
        var place = line > 0 ? $"{file}, line {line}" : file;
        return column is null ? $"{place}: {reason}" : $"{place}, column '{column}': {reason}";
    }
}
