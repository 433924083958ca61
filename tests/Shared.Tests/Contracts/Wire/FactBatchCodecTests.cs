using System.Buffers.Binary;
using FsCheck.Xunit;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;

namespace Shared.Tests.Contracts.Wire;

public sealed class FactBatchCodecTests
{
    // Written by hand after docs/formats/fact-batch.md, checksum from a bitwise CRC-32C.
    private const string Golden = "484D464201000173016408070605040302010900000000000000010000000E0000000E000000636107B402030000000000000001000000AA";

    private static readonly WireLimits Limits = WireLimits.Default;

    [Property(MaxTest = 200)]
    public void A_batch_comes_back_as_it_went(int seed)
    {
        var batch = Some(new Random(seed));
        Same(batch, FactBatchCodec.Decode(FactBatchCodec.Encode(batch), Limits));
    }

    [Property(MaxTest = 300)]
    public void A_damaged_message_is_refused_and_never_crashes(int seed)
    {
        var random = new Random(seed);
        var batch = Some(random);
        var bytes = FactBatchCodec.Encode(batch);
        var mutant = Mutate(bytes, random);
        if (mutant.AsSpan().SequenceEqual(bytes)) return;
        Assert.Throws<WireFormatException>(() => FactBatchCodec.Decode(mutant, Limits));
    }

    [Property(MaxTest = 300)]
    public void A_forged_message_with_a_right_checksum_is_refused_or_is_a_lawful_batch(int seed)
    {
        var random = new Random(seed);
        var bytes = FactBatchCodec.Encode(Some(random));
        var header = HeaderBytes(bytes);
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        if (header > bytes.Length || HeaderBytes(bytes) != header) return;
        Reseal(bytes, header);
        FactBatch forged;
        try
        {
            forged = FactBatchCodec.Decode(bytes, Limits);
        }
        catch (WireFormatException)
        {
            return;
        }

        // What is let through can be written again: ids, sequences, kinds and tombstones are lawful.
        FactBatchCodec.Encode(forged);
    }

    [Fact]
    public void Compressible_facts_travel_compressed_and_others_as_they_are()
    {
        var calm = Batch(new Fact(1, FactKind.Experience, 5, new byte[4000]));
        var wild = new byte[4000];
        new Random(7).NextBytes(wild);
        Assert.True(FactBatchCodec.Encode(calm).Length < 200);
        var bytes = FactBatchCodec.Encode(Batch(new Fact(1, FactKind.Experience, 5, wild)));
        Assert.Equal(0, bytes[5]);
        Assert.InRange(bytes.Length, 4000, 4100);
    }

    [Fact]
    public void The_fact_after_a_tombstone_has_the_sequence_after_its_stretch()
    {
        var batch = Batch(Fact.Tombstone(4, 10, 1), new Fact(14, FactKind.Alarm, 2, new byte[3]));
        var read = FactBatchCodec.Decode(FactBatchCodec.Encode(batch), Limits);
        Assert.Equal(14, read.Facts[1].Sequence);
        Assert.Equal(14, read.LastSequence);
    }

    [Fact]
    public void A_hole_in_the_sequences_is_the_callers_mistake()
    {
        var failure = Assert.Throws<ArgumentException>(() => FactBatchCodec.Encode(
            Batch(new Fact(4, FactKind.Alarm, 1, default), new Fact(6, FactKind.Alarm, 1, default))));
        Assert.Contains("sequence 6 of device d-1 follows 4", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_above_a_limit_is_refused_by_name()
    {
        var bytes = FactBatchCodec.Encode(Batch(new Fact(1, FactKind.Experience, 5, new byte[4000]), new Fact(2, FactKind.Alarm, 6, default)));
        Refused("message of", bytes, Limits with { MaxMessageBytes = bytes.Length - 1 });
        Refused("bodyBytes 4026", bytes, Limits with { MaxBodyBytes = 4025 });
        Refused("count 2", bytes, Limits with { MaxFacts = 1 });
        Refused("payloadBytes 4000", bytes, Limits with { MaxFactBytes = 3999 });
    }

    [Fact]
    public void A_bomb_stops_at_the_length_its_header_names()
    {
        var bytes = FactBatchCodec.Encode(Batch(new Fact(1, FactKind.Experience, 5, new byte[400_000])));
        var header = HeaderBytes(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(header - 12), 1000);
        Reseal(bytes, header);
        Refused("does not decompress to its 1000 bytes", bytes, Limits);
    }

    [Fact]
    public void The_bytes_on_the_wire_are_frozen()
    {
        var batch = new FactBatch("s", "d", 0x0102030405060708, [new Fact(9, FactKind.Alarm, 3, new byte[] { 0xAA })]);
        Same(batch, FactBatchCodec.Decode(Convert.FromHexString(Golden), Limits));
        Assert.Equal(Golden, Convert.ToHexString(FactBatchCodec.Encode(batch)));
    }

    private static void Refused(string naming, byte[] bytes, WireLimits limits) =>
        Assert.Contains(naming, Assert.Throws<WireFormatException>(() => FactBatchCodec.Decode(bytes, limits)).Message, StringComparison.Ordinal);

    private static FactBatch Batch(params Fact[] facts) => new("s-1", "d-1", 7, facts);

    private static FactBatch Some(Random random)
    {
        var facts = new Fact[random.Next(1, 40)];
        var sequence = random.NextInt64(1, 1L << 40);
        for (var i = 0; i < facts.Length; i++)
        {
            facts[i] = random.Next(8) == 0
                ? Fact.Tombstone(sequence, random.Next(1, 1000), random.NextInt64()) : new Fact(
                    sequence, (FactKind)random.Next(1, 8), random.NextInt64(), Bytes(random));
            sequence = facts[i].LastSequence + 1;
        }

        return new FactBatch($"site-{random.Next(100)}", $"device-{random.Next(1000)}", random.NextInt64(1, long.MaxValue), facts);
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(600)];
        if (random.Next(2) == 0) random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var mutant = (byte[])bytes.Clone();
        switch (random.Next(4))
        {
            case 0: return mutant[..random.Next(mutant.Length)];
            case 1: return [.. mutant, .. Bytes(random)];
            case 2:
                random.NextBytes(mutant.AsSpan(random.Next(mutant.Length)));
                return mutant;
            default:
                for (var i = random.Next(1, 5); i > 0; i--) mutant[random.Next(mutant.Length)] ^= (byte)(1 << random.Next(8));
                return mutant;
        }
    }

    private static int HeaderBytes(byte[] bytes)
    {
        var site = bytes[6];
        return 7 + site < bytes.Length ? 8 + site + bytes[7 + site] + 32 : int.MaxValue;
    }

    private static void Reseal(byte[] bytes, int header)
    {
        var crc = WireCrc32C.Append(WireCrc32C.Append(uint.MaxValue, bytes.AsSpan(0, header - 4)), bytes.AsSpan(header));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(header - 4), ~crc);
    }

    private static void Same(FactBatch expected, FactBatch actual)
    {
        Assert.Equal(
            (expected.SiteId, expected.DeviceId, expected.Epoch, expected.Facts.Count),
            (actual.SiteId, actual.DeviceId, actual.Epoch, actual.Facts.Count));
        foreach (var (want, got) in expected.Facts.Zip(actual.Facts))
        {
            Assert.Equal((want.Sequence, want.Kind, want.TimestampUs), (got.Sequence, got.Kind, got.TimestampUs));
            Assert.True(want.Payload.Span.SequenceEqual(got.Payload.Span), $"payload of sequence {want.Sequence} differs");
        }
    }
}
