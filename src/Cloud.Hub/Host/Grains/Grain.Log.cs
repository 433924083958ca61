namespace Cloud.Hub.Host.Grains;

/// <summary>Log lines of grain hosting. Ids 5200 to 5299.</summary>
internal static partial class GrainLog
{
    [LoggerMessage(
        EventId = 5200, EventName = "GrainStateCorrupt", Level = LogLevel.Error,
        Message = "state {State} of {Grain} does not pass its checksum; the grain starts anew")]
    public static partial void GrainStateCorrupt(this ILogger logger, GrainId grain, string state);
}
