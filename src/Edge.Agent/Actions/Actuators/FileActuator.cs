using System.Text.Json;

namespace Edge.Agent.Actions.Actuators;

/// <summary>Appends each command as one line of JSON, for programs that follow a file. The file is opened per command, so it may be rotated.</summary>
internal sealed class FileActuator(string name, string path) : IActuator
{
    public string Name => name;

    public IReadOnlyList<string> Commands { get; } = ["write"];

    /// <inheritdoc/>
    public async ValueTask<string> ActAsync(ActionRequest request, CancellationToken ct)
    {
        await AppendAsync(
            json =>
            {
                json.WriteString("rule", request.RuleId);
                json.WriteString("alarm", request.AlarmId);
                json.WriteNumber("timestampUs", request.TimestampUs);
                json.WriteString("command", request.Command.Command);
                if (float.IsFinite(request.Command.Value)) json.WriteNumber("value", request.Command.Value);
                json.WriteStartArray("reasons");
                foreach (var reason in request.Reasons) json.WriteStringValue(reason);
                json.WriteEndArray();
            },
            ct).ConfigureAwait(false);
        return "appended";
    }

    /// <inheritdoc/>
    public ValueTask EnterSafeStateAsync(string reason, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task AppendAsync(Action<Utf8JsonWriter> write, CancellationToken ct)
    {
        using var line = new MemoryStream();
        await using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        try
        {
            var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(line.GetBuffer().AsMemory(0, (int)line.Length), ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ActuatorException(name, e.Message, e);
        }
    }
}
