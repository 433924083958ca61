namespace Edge.Sensors;

/// <summary>What is wrong with a recording.</summary>
public enum SensorDataFault
{
    /// <summary>The file or folder is not there or cannot be read.</summary>
    Unreadable,

    /// <summary>The file has no header row, or no rows.</summary>
    Empty,

    /// <summary>A mapped column is not in the header.</summary>
    MissingColumn,

    /// <summary>A column name stands in the header twice.</summary>
    DoubleColumn,

    /// <summary>A row has more or fewer fields than the header.</summary>
    RaggedRow,

    /// <summary>A field is no number.</summary>
    NotANumber,

    /// <summary>A field is NaN, infinite, empty or beyond a 32-bit float.</summary>
    NotFinite,

    /// <summary>The time field does not have the stated format.</summary>
    BadTime,

    /// <summary>A row's time is before or at the one of the row above.</summary>
    TimeNotForward,

    /// <summary>A line is longer than the limit.</summary>
    LineTooLong,
}
