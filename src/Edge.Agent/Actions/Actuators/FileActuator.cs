using System.Text.Json;
using Hmas.Contracts;

namespace Edge.Agent.Actions.Actuators;

/// <summary>Appends each command as one line of JSON, for programs that follow a file. The file
/// is opened per command, so it may be rotated.</summary>
internal sealed class FileActuator(string name, string path, TimeProvider time) : IActuator
{
    public string Name => name;

    public IReadOnlyList<string> Commands { get; } = ["write"];

    /// <inheritdoc/>
    public ValueTask<string> ActAsync(ActionRequest request, CancellationToken ct)
    {
        Append(json =>
        {
            json.WriteString("rule", request.RuleId);
            json.WriteString("alarm", request.AlarmId);
            json.WriteNumber("timestampUs", request.TimestampUs);
            json.WriteString("command", request.Command.Command);
            if (float.IsFinite(request.Command.Value)) json.WriteNumber("value", request.Command.Value);
            json.WriteStartArray("reasons");
            foreach (var reason in request.Reasons) json.WriteStringValue(reason);
            json.WriteEndArray();
            json.WriteNumber("writtenUs", time.GetUtcNow().ToUnixMicroseconds());
        });
        return ValueTask.FromResult("appended");
    }

    /// <inheritdoc/>
    public ValueTask EnterSafeStateAsync(string reason, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A few hundred bytes into the page cache: written on the caller's thread, since a detour over the thread pool takes longer than the write.
    private void Append(Action<Utf8JsonWriter> write)
    {
        try
        {
            // Opened first, so that between the line's own stamp and the kernel having it lies nothing but the write.
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            using var line = new MemoryStream();
            using (var json = new Utf8JsonWriter(line))
            {
                json.WriteStartObject();
                write(json);
                json.WriteEndObject();
            }

            line.WriteByte((byte)'\n');
            file.Write(line.GetBuffer().AsSpan(0, (int)line.Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ActuatorException(name, e.Message, e);
        }
    }
}
