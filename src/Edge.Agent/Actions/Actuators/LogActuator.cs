using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Actions.Actuators;

/// <summary>Writes commands to the log: for alarms that people read.</summary>
internal sealed partial class LogActuator(string name, ILogger logger) : IActuator
{
    public string Name => name;

    public IReadOnlyList<string> Commands { get; } = ["write"];

    public ValueTask<string> ActAsync(ActionRequest request, CancellationToken ct)
    {
        // A command without a value has none to tell.
        var value = request.Command.Value;
        var told = float.IsNaN(value) ? request.Reasons : [.. request.Reasons, string.Create(CultureInfo.InvariantCulture, $"value {value}")];
        LogCommand(logger, request.RuleId, request.AlarmId, string.Join("; ", told));
        return ValueTask.FromResult("written to the log");
    }

    public ValueTask EnterSafeStateAsync(string reason, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [LoggerMessage(
        EventId = 3510, EventName = "RuleActed", Level = LogLevel.Warning, Message = "Rule {Rule}, alarm {Alarm}: {Reasons}")]
    private static partial void LogCommand(ILogger logger, string rule, string alarm, string reasons);
}
