using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Fits;

/// <summary>All that a worker needs for a fit: recipe by name, settings, windows, and the values it
/// starts from (docs/formats/training-checkpoint.md).</summary>
internal sealed class FitPackage
{
    private const uint Magic = 0x4644_4C48; // "HLDF"
    private const ushort Version = 2;

    /// <summary>Without classes.</summary>
    private const ushort FirstVersion = 1;

    private const byte NoClass = 255;
    private const int HashBytes = 32;

    public required FitHeader Header { get; init; }

    /// <summary>To learn from.</summary>
    public required IReadOnlyList<LabelledWindow> Fitted { get; init; }

    /// <summary>To judge epochs by.</summary>
    public required IReadOnlyList<LabelledWindow> Judging { get; init; }

    /// <summary>A parent's values; empty: from nothing.</summary>
    public float[] Start { get; init; } = [];

    public Shape Input => new(Header.InputLength, Header.InputChannels);

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write(Magic);
            writer.Write(Version);
            var header = JsonSerializer.SerializeToUtf8Bytes(Header, FitJson.Default.FitHeader);
            writer.Write(header.Length);
            writer.Write(header);
            writer.Write(Start.Length);
            writer.Write(MemoryMarshal.AsBytes(Start.AsSpan()));
            Write(writer, Fitted);
            Write(writer, Judging);
        }

        var body = stream.ToArray();
        return [.. body, .. SHA256.HashData(body)];
    }

    /// <exception cref="FormatException">Not a whole package of this version.</exception>
    public static FitPackage FromBytes(byte[] bytes)
    {
        if (bytes.Length <= HashBytes
            || !SHA256.HashData(bytes.AsSpan(0, bytes.Length - HashBytes)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - HashBytes)))
            throw new FormatException($"a fit of {bytes.Length} bytes is damaged");
        using var reader = new BinaryReader(new MemoryStream(bytes, 0, bytes.Length - HashBytes));
        if (reader.ReadUInt32() != Magic) throw new FormatException("not a fit");
        var version = reader.ReadUInt16();
        if (version is not (FirstVersion or Version)) throw new FormatException($"fit version {version} is not {Version}");
        var header = JsonSerializer.Deserialize(reader.ReadBytes(reader.ReadInt32()), FitJson.Default.FitHeader)
            ?? throw new FormatException("a fit without a header");
        var start = Floats(reader, reader.ReadInt32());
        var length = header.InputLength * header.InputChannels;
        return new FitPackage { Header = header, Start = start, Fitted = Read(reader, length, version), Judging = Read(reader, length, version) };
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<LabelledWindow> windows)
    {
        writer.Write(windows.Count);
        foreach (var window in windows)
        {
            writer.Write(
                (byte)((window.Anomalous switch { true => 2, false => 1, null => 0 }) | (window.IsCalibration ? 4 : 0) | (window.IsNew ? 8 : 0)));
            writer.Write(window.Class == LabelledWindow.NoClass ? NoClass : checked((byte)window.Class));
            writer.Write(MemoryMarshal.AsBytes(window.Features.AsSpan()));
        }
    }

    private static LabelledWindow[] Read(BinaryReader reader, int length, ushort version)
    {
        var windows = new LabelledWindow[reader.ReadInt32()];
        for (var i = 0; i < windows.Length; i++)
        {
            var flags = reader.ReadByte();
            bool? anomalous = (flags & 3) switch { 2 => true, 1 => false, _ => null };
            var name = version == FirstVersion ? NoClass : reader.ReadByte();
            windows[i] = new LabelledWindow(
                Floats(reader, length), anomalous, (flags & 4) != 0, (flags & 8) != 0, name == NoClass ? LabelledWindow.NoClass : name);
        }

        return windows;
    }

    private static float[] Floats(BinaryReader reader, int count)
    {
        var values = new float[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
