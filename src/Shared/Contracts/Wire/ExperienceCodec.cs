using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Hmas.Contracts.Facts;

namespace Hmas.Contracts.Wire;

/// <summary>An experience as bytes (docs/formats/experience.md): little-endian, fixed order, limits checked on the way in.</summary>
public static class ExperienceCodec
{
    public const byte Version = 1;
    public const int MaxChannels = 1024;
    public const int MaxWindowValues = 1 << 20;
    private const int MaxTextBytes = 255;

    public static byte[] Encode(ExperienceRecord record)
    {
        var size = 1 + 8 + 8 + 2 + 2 + 4 + 4 + 4 + 4 + 2 + 2
            + (4 * (record.Window.Length + record.Centre.Length + record.Scale.Length))
            + TextSize(record.RunId) + TextSize(record.ModelDigest) + TextSize(record.RuleId) + TextSize(record.Action);
        var bytes = new byte[size];
        var writer = new Writer(bytes);
        writer.Byte(Version);
        writer.Int64(record.StartUs);
        writer.Int64(record.EndUs);
        writer.UInt16((ushort)record.Channels);
        writer.UInt16((ushort)record.Reasons);
        writer.Single(record.Score);
        writer.Single(record.Threshold);
        writer.Single(record.Value);
        writer.Int32(record.Window.Length);
        writer.UInt16((ushort)record.Centre.Length);
        writer.UInt16((ushort)record.Scale.Length);
        writer.Singles(record.Window);
        writer.Singles(record.Centre);
        writer.Singles(record.Scale);
        writer.Text(record.RunId);
        writer.Text(record.ModelDigest);
        writer.Text(record.RuleId);
        writer.Text(record.Action);
        return bytes;
    }

    /// <exception cref="WireFormatException">Not an experience of a version this reader knows; the message names the field.</exception>
    public static ExperienceRecord Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        var version = reader.Byte("version");
        if (version != Version) throw new WireFormatException($"experience version {version} is not {Version}");
        var startUs = reader.Int64("startUs");
        var endUs = reader.Int64("endUs");
        var channels = reader.UInt16("channels");
        var reasons = (ExperienceReasons)reader.UInt16("reasons");
        var score = reader.Single("score");
        var threshold = reader.Single("threshold");
        var value = reader.Single("value");
        var windowValues = reader.Int32("windowValues");
        var centres = reader.UInt16("centres");
        var scales = reader.UInt16("scales");
        if (channels is 0 or > MaxChannels) throw new WireFormatException($"experience channels {channels} outside 1 to {MaxChannels}");
        if (windowValues is < 0 or > MaxWindowValues || windowValues % channels != 0)
            throw new WireFormatException(
                $"experience windowValues {windowValues} is not a multiple of {channels} channels within {MaxWindowValues}");
        if ((centres != 0 && centres != channels) || scales != centres)
            throw new WireFormatException($"experience calibration of {centres} centres and {scales} scales does not fit {channels} channels");
        if (endUs < startUs) throw new WireFormatException($"experience ends at {endUs} before it starts at {startUs}");
        var record = new ExperienceRecord
        {
            StartUs = startUs,
            EndUs = endUs,
            Channels = channels,
            Reasons = reasons,
            Score = score,
            Threshold = threshold,
            Value = value,
            Window = reader.Singles(windowValues, "window"),
            Centre = reader.Singles(centres, "centre"),
            Scale = reader.Singles(scales, "scale"),
            RunId = reader.Text("runId") ?? "",
            ModelDigest = reader.Text("modelDigest") ?? "",
            RuleId = reader.Text("ruleId"),
            Action = reader.Text("action"),
        };
        reader.RequireEnd("experience");
        return record;
    }

    private static int TextSize(string? text) => 1 + (text is null ? 0 : Encoding.UTF8.GetByteCount(text));

    private ref struct Writer(Span<byte> rest)
    {
        private Span<byte> _rest = rest;

        public void Byte(byte value)
        {
            _rest[0] = value;
            _rest = _rest[1..];
        }

        public void UInt16(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_rest, value);
            _rest = _rest[2..];
        }

        public void Int32(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_rest, value);
            _rest = _rest[4..];
        }

        public void Int64(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_rest, value);
            _rest = _rest[8..];
        }

        public void Single(float value)
        {
            BinaryPrimitives.WriteSingleLittleEndian(_rest, value);
            _rest = _rest[4..];
        }

        public void Singles(float[] values)
        {
            if (BitConverter.IsLittleEndian)
            {
                MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(_rest);
                _rest = _rest[(4 * values.Length)..];
            }
            else
            {
                foreach (var value in values) Single(value);
            }
        }

        public void Text(string? text)
        {
            var length = text is null ? 0 : Encoding.UTF8.GetBytes(text, _rest[1..]);
            if (length > MaxTextBytes) throw new ArgumentException($"'{text}' is longer than {MaxTextBytes} bytes");
            Byte((byte)length);
            _rest = _rest[length..];
        }
    }
}
