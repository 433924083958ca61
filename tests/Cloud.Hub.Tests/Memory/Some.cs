using System.Buffers.Binary;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;

namespace Cloud.Hub.Tests.Memory;

/// <summary>Facts and batches as a device would send them.</summary>
internal static class Some
{
    public const string Digest = "sha256:0123456789abcdef";

    public static ExperienceRecord Experience(
        long startUs = 1_000_000, string run = "run-1", float value = 0.5f, ExperienceReasons reasons = ExperienceReasons.Routine,
        string digest = Digest, int length = 60) =>
        new()
    {
        RunId = run,
        StartUs = startUs,
        EndUs = startUs + 999_999,
        Window = [.. Enumerable.Range(0, 8 * length).Select(i => startUs + (0.5f * i))],
        Channels = 8,
        Centre = new float[8],
        Scale = [1, 1, 1, 1, 1, 1, 1, 1],
        ModelDigest = digest,
        Score = 0.25f,
        Threshold = 1,
        Reasons = reasons,
        Value = value,
    };

    public static Fact Fact(long sequence, ExperienceRecord? record = null)
    {
        record ??= Experience(sequence * 1_000_000);
        return new Fact(sequence, FactKind.Experience, record.EndUs, ExperienceCodec.Encode(record));
    }

    public static Fact Evicted(long sequence, int count)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(payload, count);
        return new Fact(sequence, FactKind.Evicted, sequence, payload);
    }

    public static FactBatch Batch(string device, params Fact[] facts) => new("site-1", device, 7, facts);

    public static FactBatch Run(string device, long from, int count) => Batch(device, [.. Enumerable.Range(0, count).Select(i => Fact(from + i))]);
}
