namespace Edge.Agent.Settings;

/// <summary>A column of a recording and the channel it feeds.</summary>
internal sealed class ReplayColumn
{
    public string Column { get; set; } = "";

    /// <summary>Null: named like the column.</summary>
    public string? Channel { get; set; }

    /// <summary>SenML unit.</summary>
    public string Unit { get; set; } = "";
}
