namespace Cloud.Hub.Learning;

/// <summary>Log events of the Learning service: 8300 to 8399.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventId = 8300, EventName = "TrainingStarted", Level = LogLevel.Information,
        Message = "Training run {RunId} begins: model {Model}, recipe {Recipe}, asked for by {RequestedBy}")]
    public static partial void Started(ILogger logger, string runId, string model, string recipe, string requestedBy);

    [LoggerMessage(
        EventId = 8301, EventName = "TrainingEnded", Level = LogLevel.Information,
        Message = "Training run {RunId} is {State} after {Seconds:0.0} s: {Message}")]
    public static partial void Ended(ILogger logger, string runId, string state, double seconds, string message);

    [LoggerMessage(EventId = 8302, EventName = "TrainingFailed", Level = LogLevel.Error, Message = "Training run {RunId} failed")]
    public static partial void Failed(ILogger logger, string runId, Exception error);

    [LoggerMessage(
        EventId = 8303, EventName = "TrainingResumed", Level = LogLevel.Warning,
        Message = "Training run {RunId} was {State} when the hub stopped: it is taken up again")]
    public static partial void TakenUpAgain(ILogger logger, string runId, string state);

    [LoggerMessage(
        EventId = 8304, EventName = "FitLeased", Level = LogLevel.Information,
        Message = "The fit of training run {RunId} is worker {Worker}'s; lost by {Losses} before it")]
    public static partial void FitLeased(ILogger logger, string runId, string worker, int losses);

    [LoggerMessage(EventId = 8306, EventName = "FitTrouble", Level = LogLevel.Warning, Message = "Worker {Worker} tries again: {Reason}")]
    public static partial void FitTrouble(ILogger logger, string worker, string reason);

    [LoggerMessage(
        EventId = 8307, EventName = "ScoresDrifted", Level = LogLevel.Warning,
        Message = "The scores of device {DeviceId} drifted (direction {Direction}) under model {Digest}")]
    public static partial void ScoresDrifted(ILogger logger, string deviceId, int direction, string digest);

    [LoggerMessage(
        EventId = 8308, EventName = "PlanStarts", Level = LogLevel.Information, Message = "Plan {Plan} starts training run {RunId}: {Reason}")]
    public static partial void PlanStarts(ILogger logger, string plan, string runId, string reason);

    [LoggerMessage(EventId = 8309, EventName = "PlanTrouble", Level = LogLevel.Warning, Message = "Plan {Plan} cannot start now: {Reason}")]
    public static partial void PlanTrouble(ILogger logger, string plan, string reason);

    [LoggerMessage(
        EventId = 8310, EventName = "QuestionsAsked", Level = LogLevel.Information,
        Message = "{Count} more windows wait for a name, {Waiting} in all; {Devices} devices keep more like them")]
    public static partial void QuestionsAsked(ILogger logger, int count, int waiting, int devices);

    [LoggerMessage(EventId = 8311, EventName = "LabelTrouble", Level = LogLevel.Warning, Message = "The label queue cannot be filled now: {Reason}")]
    public static partial void LabelTrouble(ILogger logger, string reason);

    [LoggerMessage(
        EventId = 8312, EventName = "NotKeptNear", Level = LogLevel.Information,
        Message = "Device {DeviceId} does not keep windows like those asked about: {Error}: {Reason}")]
    public static partial void NotKeptNear(ILogger logger, string deviceId, string error, string reason);

    [LoggerMessage(
        EventId = 8305, EventName = "TrainingEndNotKept", Level = LogLevel.Error,
        Message = "The end of training run {RunId}, {State}, is not on disk yet; tried again in {Seconds} s")]
    public static partial void EndNotKept(ILogger logger, string runId, string state, double seconds, Exception error);
}
