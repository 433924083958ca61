namespace Cloud.Hub.Host.Telemetry;

/// <summary>A loop that goes on through failures, and says when it is in one.</summary>
internal interface ITroubled
{
    /// <summary>What keeps it from its work now; null: nothing. Any thread.</summary>
    string? Trouble { get; }
}
