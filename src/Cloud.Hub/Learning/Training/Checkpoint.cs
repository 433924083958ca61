using System.Security.Cryptography;

namespace Cloud.Hub.Learning.Training;

/// <summary>Everything a fit needs to go on from the end of an epoch, bit for bit (docs/formats/training-checkpoint.md).</summary>
internal sealed class Checkpoint
{
    private const uint Magic = 0x504B4C48; // "HLKP"
    private const ushort Version = 1;
    private const int HashBytes = 32;

    /// <summary>Epochs done.</summary>
    public required int Epoch { get; init; }

    public required long Steps { get; init; }

    public required int BestEpoch { get; init; }

    public required double BestLoss { get; init; }

    public required double[] Losses { get; init; }

    public required double[] Validations { get; init; }

    public required float[] Values { get; init; }

    /// <summary>Moving average; empty when it is off.</summary>
    public required float[] Average { get; init; }

    public required float[] BestValues { get; init; }

    public required float[][] OptimiserMemory { get; init; }

    public required ulong[] Random { get; init; }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write(Epoch);
            writer.Write(Steps);
            writer.Write(BestEpoch);
            writer.Write(BestLoss);
            Write(writer, Losses, static (w, v) => w.Write(v));
            Write(writer, Validations, static (w, v) => w.Write(v));
            Write(writer, Values, static (w, v) => w.Write(v));
            Write(writer, Average, static (w, v) => w.Write(v));
            Write(writer, BestValues, static (w, v) => w.Write(v));
            Write(writer, OptimiserMemory, static (w, memory) => Write(w, memory, static (inner, v) => inner.Write(v)));
            Write(writer, Random, static (w, v) => w.Write(v));
        }

        var body = stream.ToArray();
        return [.. body, .. SHA256.HashData(body)];
    }

    /// <exception cref="FormatException">Not a whole checkpoint of this version.</exception>
    public static Checkpoint FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= HashBytes || !SHA256.HashData(bytes[..^HashBytes]).AsSpan().SequenceEqual(bytes[^HashBytes..]))
            throw new FormatException($"a checkpoint of {bytes.Length} bytes is damaged");
        using var reader = new BinaryReader(new MemoryStream(bytes[..^HashBytes].ToArray()));
        if (reader.ReadUInt32() != Magic) throw new FormatException("not a training checkpoint");
        var version = reader.ReadUInt16();
        if (version != Version) throw new FormatException($"checkpoint version {version} is not {Version}");
        return new Checkpoint
        {
            Epoch = reader.ReadInt32(),
            Steps = reader.ReadInt64(),
            BestEpoch = reader.ReadInt32(),
            BestLoss = reader.ReadDouble(),
            Losses = Read(reader, static r => r.ReadDouble()),
            Validations = Read(reader, static r => r.ReadDouble()),
            Values = Read(reader, static r => r.ReadSingle()),
            Average = Read(reader, static r => r.ReadSingle()),
            BestValues = Read(reader, static r => r.ReadSingle()),
            OptimiserMemory = Read(reader, static r => Read(r, static inner => inner.ReadSingle())),
            Random = Read(reader, static r => r.ReadUInt64()),
        };
    }

    private static void Write<T>(BinaryWriter writer, T[] values, Action<BinaryWriter, T> write)
    {
        writer.Write(values.Length);
        foreach (var value in values) write(writer, value);
    }

    private static T[] Read<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var values = new T[reader.ReadInt32()];
        for (var i = 0; i < values.Length; i++) values[i] = read(reader);
        return values;
    }
}
