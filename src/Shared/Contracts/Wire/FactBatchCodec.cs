using System.Buffers.Binary;
using System.Text;
using Hmas.Contracts.Facts;

namespace Hmas.Contracts.Wire;

/// <summary>A batch of facts as one message (docs/formats/fact-batch.md): magic, header, body, a checksum
/// over both; the body compressed where that is smaller.</summary>
public static class FactBatchCodec
{
    public const byte Version = 1;

    /// <summary>Bytes a fact takes in the body beside its payload: kind, time, length.</summary>
    public const int FactOverheadBytes = 1 + 8 + 4;

    private const byte Stored = 0;
    // 1 was Brotli.
    private const byte Zlib = 2;

    // Below this zlib's own frame eats what it saves.
    private const int SmallestToCompress = 64;

    private static ReadOnlySpan<byte> Magic => "HMFB"u8;

    /// <exception cref="ArgumentException">The batch breaks the contract: an id, no facts, a hole in its sequences, a
    /// tombstone that counts nothing, above <see cref="WireLimits.Default"/>.</exception>
    public static byte[] Encode(FactBatch batch)
    {
        var limits = WireLimits.Default;
        if (!Ids.IsValid(batch.SiteId)) throw new ArgumentException($"site '{batch.SiteId}' is not an id", nameof(batch));
        if (!Ids.IsValid(batch.DeviceId)) throw new ArgumentException($"device '{batch.DeviceId}' is not an id", nameof(batch));
        if (batch.Epoch <= 0) throw new ArgumentException($"epoch {batch.Epoch} is not positive", nameof(batch));
        if (batch.Facts.Count == 0 || batch.Facts.Count > limits.MaxFacts)
            throw new ArgumentException($"a batch holds 1 to {limits.MaxFacts} facts, not {batch.Facts.Count}", nameof(batch));
        var body = EncodeBody(batch, limits);
        var (codec, stored) = Compress(body);
        var headerBytes = HeaderBytes(batch.SiteId, batch.DeviceId);
        if (headerBytes + stored.Length > limits.MaxMessageBytes)
            throw new ArgumentException($"batch of {headerBytes + stored.Length} bytes is above {limits.MaxMessageBytes}", nameof(batch));
        var message = new byte[headerBytes + stored.Length];
        WriteHeader(message.AsSpan(0, headerBytes), batch, codec, body.Length, stored.Length);
        stored.Span.CopyTo(message.AsSpan(headerBytes));
        var crc = Crc(message.AsSpan(0, headerBytes - 4), stored.Span);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(headerBytes - 4), crc);
        return message;
    }

    /// <summary>Reads a batch. The facts share one buffer of their own; <paramref name="bytes"/> is not kept.</summary>
    /// <exception cref="WireFormatException">Not a batch of a version this reader knows, damaged, or
    /// beyond a limit; the message names the field.</exception>
    public static FactBatch Decode(ReadOnlySpan<byte> bytes, WireLimits limits)
    {
        if (bytes.Length > limits.MaxMessageBytes)
            throw new WireFormatException($"message of {bytes.Length} bytes is above {limits.MaxMessageBytes}");
        var reader = new Reader(bytes);
        if (!reader.Take(4, "magic").SequenceEqual(Magic)) throw new WireFormatException("magic is not HMFB");
        var version = reader.Byte("version");
        if (version != Version) throw new WireFormatException($"batch version {version} is not {Version}");
        var codec = reader.Byte("codec");
        if (codec is not (Stored or Zlib)) throw new WireFormatException($"codec {codec} is not known");
        var site = Id(ref reader, "site");
        var device = Id(ref reader, "device");
        var epoch = reader.Int64("epoch");
        var firstSequence = reader.Int64("firstSequence");
        var count = reader.Int32("count");
        var bodyBytes = reader.Int32("bodyBytes");
        var storedBytes = reader.Int32("storedBytes");
        var crc = (uint)reader.Int32("crc");
        if (epoch <= 0) throw new WireFormatException($"epoch {epoch} is not positive");
        if (firstSequence <= 0) throw new WireFormatException($"firstSequence {firstSequence} is not positive");
        if (count < 1 || count > limits.MaxFacts) throw new WireFormatException($"count {count} outside 1 to {limits.MaxFacts}");
        if (bodyBytes < count * FactOverheadBytes || bodyBytes > limits.MaxBodyBytes)
            throw new WireFormatException($"bodyBytes {bodyBytes} does not hold {count} facts within {limits.MaxBodyBytes}");
        var stored = reader.Take(storedBytes, "body");
        reader.RequireEnd("batch");
        if (Crc(bytes[..HeaderCrcOffset(site, device)], stored) != crc) throw new WireFormatException("crc does not match: the message is damaged");
        var body = codec == Zlib ? Decompress(stored, bodyBytes) : Copy(stored, bodyBytes);
        return new FactBatch(site, device, epoch, DecodeBody(body, firstSequence, count, limits));
    }

    private static byte[] EncodeBody(FactBatch batch, WireLimits limits)
    {
        var size = 0;
        foreach (var fact in batch.Facts)
        {
            if (fact.Payload.Length > limits.MaxFactBytes)
                throw new ArgumentException(
                    $"payload of sequence {fact.Sequence} has {fact.Payload.Length} bytes, above {limits.MaxFactBytes}", nameof(batch));
            size += FactOverheadBytes + fact.Payload.Length;
        }

        if (size > limits.MaxBodyBytes) throw new ArgumentException($"body of {size} bytes is above {limits.MaxBodyBytes}", nameof(batch));
        var body = new byte[size];
        var rest = body.AsSpan();
        var expected = batch.Facts[0].Sequence;
        if (expected <= 0) throw new ArgumentException($"sequence {expected} is not positive", nameof(batch));
        foreach (var fact in batch.Facts)
        {
            if (fact.Sequence != expected)
                throw new ArgumentException($"sequence {fact.Sequence} of device {batch.DeviceId} follows {expected - 1}", nameof(batch));
            if (!Enum.IsDefined(fact.Kind))
                throw new ArgumentException($"kind {(byte)fact.Kind} of sequence {fact.Sequence} is not known", nameof(batch));
            if (fact.Kind == FactKind.Evicted && !fact.TryReadEvicted(out _))
                throw new ArgumentException(
                    $"tombstone {fact.Sequence} of device {batch.DeviceId} does not say how many it stands for", nameof(batch));
            rest[0] = (byte)fact.Kind;
            BinaryPrimitives.WriteInt64LittleEndian(rest[1..], fact.TimestampUs);
            BinaryPrimitives.WriteInt32LittleEndian(rest[9..], fact.Payload.Length);
            fact.Payload.Span.CopyTo(rest[FactOverheadBytes..]);
            rest = rest[(FactOverheadBytes + fact.Payload.Length)..];
            expected = fact.LastSequence + 1;
        }

        return body;
    }

    private static Fact[] DecodeBody(byte[] body, long firstSequence, int count, WireLimits limits)
    {
        var facts = new Fact[count];
        var reader = new Reader(body);
        var sequence = firstSequence;
        var offset = 0;
        for (var i = 0; i < count; i++)
        {
            var kind = (FactKind)reader.Byte("kind");
            if (!Enum.IsDefined(kind)) throw new WireFormatException($"kind {(byte)kind} of sequence {sequence} is not known");
            var timestampUs = reader.Int64("timestampUs");
            var length = reader.Int32("payloadBytes");
            if (length < 0 || length > limits.MaxFactBytes)
                throw new WireFormatException($"payloadBytes {length} of sequence {sequence} outside 0 to {limits.MaxFactBytes}");
            reader.Take(length, "payload");
            offset += FactOverheadBytes;
            var fact = new Fact(sequence, kind, timestampUs, body.AsMemory(offset, length));
            offset += length;
            if (kind == FactKind.Evicted && !fact.TryReadEvicted(out _))
                throw new WireFormatException($"tombstone {sequence} does not say how many it stands for");
            facts[i] = fact;
            sequence = fact.LastSequence + 1;
        }

        reader.RequireEnd("body");
        return facts;
    }

    private static int HeaderCrcOffset(string site, string device) => HeaderBytes(site, device) - 4;

    private static int HeaderBytes(string site, string device) => 4 + 1 + 1 + 1 + site.Length + 1 + device.Length + 8 + 8 + 4 + 4 + 4 + 4;

    private static void WriteHeader(Span<byte> header, FactBatch batch, byte codec, int bodyBytes, int storedBytes)
    {
        Magic.CopyTo(header);
        header[4] = Version;
        header[5] = codec;
        var rest = WriteId(header[6..], batch.SiteId);
        rest = WriteId(rest, batch.DeviceId);
        BinaryPrimitives.WriteInt64LittleEndian(rest, batch.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(rest[8..], batch.Facts[0].Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(rest[16..], batch.Facts.Count);
        BinaryPrimitives.WriteInt32LittleEndian(rest[20..], bodyBytes);
        BinaryPrimitives.WriteInt32LittleEndian(rest[24..], storedBytes);
    }

    private static Span<byte> WriteId(Span<byte> rest, string id)
    {
        rest[0] = (byte)id.Length;
        Encoding.ASCII.GetBytes(id, rest[1..]);
        return rest[(1 + id.Length)..];
    }

    private static string Id(ref Reader reader, string field)
    {
        var id = reader.Text(field) ?? "";
        return Ids.IsValid(id) ? id : throw new WireFormatException($"{field} is not an id");
    }

    private static (byte Codec, ReadOnlyMemory<byte> Stored) Compress(byte[] body)
    {
        if (body.Length < SmallestToCompress) return (Stored, body);
        var compressed = ZlibCodec.Compress(body);
        return compressed.Length < body.Length ? (Zlib, compressed) : (Stored, body);
    }

    // The buffer is as long as the header says (within the limit), so a bomb stops here.
    private static byte[] Decompress(ReadOnlySpan<byte> stored, int bodyBytes) => ZlibCodec.TryDecompress(stored.ToArray(), bodyBytes)
        ?? throw new WireFormatException($"body does not decompress to its {bodyBytes} bytes");

    private static byte[] Copy(ReadOnlySpan<byte> stored, int bodyBytes) =>
        stored.Length == bodyBytes
            ? stored.ToArray() : throw new WireFormatException($"stored body has {stored.Length} bytes, the header says {bodyBytes}");

    private static uint Crc(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body) => ~WireCrc32C.Append(WireCrc32C.Append(uint.MaxValue, header), body);
}
