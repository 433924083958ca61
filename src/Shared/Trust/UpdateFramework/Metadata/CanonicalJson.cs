using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>The OLPC canonical form of JSON: what TUF signs and hashes. Members by code point, integers only, no
/// white space, and of a string only <c>"</c> and <c>\</c> escaped.</summary>
/// <remarks>wiki.laptop.org/go/Canonical_JSON. It is not RFC 8785: control characters stay raw. Judge in
/// tests: recorded output of python's securesystemslib rules.</remarks>
public static class CanonicalJson
{
    private static readonly SearchValues<char> IntegerCharacters = SearchValues.Create("-0123456789");

    /// <exception cref="UpdateException">A number that is not an integer, or a string that is not Unicode.</exception>
    public static byte[] Encode(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(value, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(value, output); break;
            case JsonValueKind.Array: WriteArray(value, output); break;
            case JsonValueKind.String: WriteString(JsonFields.TextOf(value), output); break;
            case JsonValueKind.Number: WriteInteger(value.GetRawText(), output); break;
            case JsonValueKind.True: output.Write("true"u8); break;
            case JsonValueKind.False: output.Write("false"u8); break;
            default: output.Write("null"u8); break;
        }
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> output)
    {
        // UTF-8 bytes sort as code points do; UTF-16 units, .NET's ordinal order, do not beyond U+FFFF.
        var members = value.EnumerateObject().Select(member => (Name: Encoding.UTF8.GetBytes(JsonFields.NameOf(member)), member.Value)).ToArray();
        Array.Sort(members, (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        output.Write("{"u8);
        for (var i = 0; i < members.Length; i++)
        {
            if (i > 0) output.Write(","u8);
            WriteString(Encoding.UTF8.GetString(members[i].Name), output);
            output.Write(":"u8);
            Write(members[i].Value, output);
        }

        output.Write("}"u8);
    }

    private static void WriteArray(JsonElement value, ArrayBufferWriter<byte> output)
    {
        output.Write("["u8);
        var first = true;
        foreach (var item in value.EnumerateArray())
        {
            if (!first) output.Write(","u8);
            first = false;
            Write(item, output);
        }

        output.Write("]"u8);
    }

    private static void WriteString(string text, ArrayBufferWriter<byte> output)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        output.Write("\""u8);
        Encoding.UTF8.GetBytes(escaped, output);
        output.Write("\""u8);
    }

    private static void WriteInteger(string digits, ArrayBufferWriter<byte> output)
    {
        if (digits.AsSpan().IndexOfAnyExcept(IntegerCharacters) >= 0)
            throw new UpdateException(UpdateReason.Format, $"number {digits} is not an integer, so it has no canonical form");
        Encoding.UTF8.GetBytes(digits == "-0" ? "0" : digits, output);
    }
}
