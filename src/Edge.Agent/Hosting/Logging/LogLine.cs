using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting.Logging;

/// <summary>One log event as a line: for people, or in the compact log event format (clef-json.org) that log collectors read. Pure.</summary>
internal static class LogLine
{
    private const string Template = "{OriginalFormat}";

    /// <summary><c>18:35:42.297 WRN message</c>, and below it the exception with its stack.</summary>
    public static void WriteText(IBufferWriter<byte> output, DateTimeOffset at, LogLevel level, string message, Exception? error)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{at:HH:mm:ss.fff} {Short(level)} {message}\n");
        Encoding.UTF8.GetBytes(text, output);
        if (error is not null) Encoding.UTF8.GetBytes($"{error}\n", output);
    }

    /// <summary><c>@t</c>, <c>@mt</c>, <c>@l</c> unless it is Information, <c>@x</c>, <c>EventId</c>,
    /// <c>SourceContext</c>, and the event's own values.</summary>
    /// <param name="state">Values by name, with the template as <c>{OriginalFormat}</c>.</param>
    public static void WriteJson(
        IBufferWriter<byte> output, DateTimeOffset at, LogLevel level, string category, EventId id, string message,
        IEnumerable<KeyValuePair<string, object?>>? state, Exception? error)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("@t", at.UtcDateTime);
            json.WriteString("@mt", state?.FirstOrDefault(value => value.Key == Template).Value as string ?? message);
            if (level != LogLevel.Information) json.WriteString("@l", Word(level));
            if (error is not null) json.WriteString("@x", error.ToString());
            json.WriteStartObject("EventId");
            json.WriteNumber("Id", id.Id);
            if (id.Name is not null) json.WriteString("Name", id.Name);
            json.WriteEndObject();
            json.WriteString("SourceContext", category);
            foreach (var (name, value) in state ?? [])
            {
                if (name != Template) WriteValue(json, name, value);
            }

            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        // The format reserves names that begin with an at sign.
        json.WritePropertyName(name.StartsWith('@') ? "@" + name : name);
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): json.WriteNumberValue(number); break;
            case IFormattable formattable: json.WriteStringValue(formattable.ToString(null, CultureInfo.InvariantCulture)); break;
            default: json.WriteStringValue(value.ToString()); break;
        }
    }

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Trace => "VRB",
        LogLevel.Debug => "DBG",
        LogLevel.Warning => "WRN",
        LogLevel.Error => "ERR",
        LogLevel.Critical => "FTL",
        _ => "INF",
    };

    /// <summary>The words of the format, which are Serilog's.</summary>
    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "Verbose",
        LogLevel.Critical => "Fatal",
        _ => level.ToString(),
    };
}
