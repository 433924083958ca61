using Hmas.Contracts.Facts;

namespace Hmas.Contracts.Wire;

/// <summary>What a store needs to know of an encoded experience, read without decoding its arrays.</summary>
public readonly ref struct ExperienceHeader
{
    public long StartUs { get; private init; }

    public long EndUs { get; private init; }

    public ExperienceReasons Reasons { get; private init; }

    public float Value { get; private init; }

    /// <summary>UTF-8, a view into the encoded bytes.</summary>
    public ReadOnlySpan<byte> RunId { get; private init; }

    /// <summary>Reads and checks the layout of <see cref="ExperienceCodec"/> to its last byte, as
    /// <see cref="ExperienceCodec.Decode"/> does.</summary>
    /// <exception cref="WireFormatException">Not an experience of a version this reader knows; the message names the field.</exception>
    public static ExperienceHeader Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        var version = reader.Byte("version");
        if (version != ExperienceCodec.Version) throw new WireFormatException($"experience version {version} is not {ExperienceCodec.Version}");
        var startUs = reader.Int64("startUs");
        var endUs = reader.Int64("endUs");
        var channels = reader.UInt16("channels");
        var reasons = (ExperienceReasons)reader.UInt16("reasons");
        reader.Take(8, "score");
        var value = reader.Single("value");
        var windowValues = reader.Int32("windowValues");
        var centres = reader.UInt16("centres");
        var scales = reader.UInt16("scales");
        if (channels is 0 or > ExperienceCodec.MaxChannels)
            throw new WireFormatException($"experience channels {channels} outside 1 to {ExperienceCodec.MaxChannels}");
        if (windowValues is < 0 or > ExperienceCodec.MaxWindowValues || windowValues % channels != 0)
            throw new WireFormatException(
                $"experience windowValues {windowValues} is not a multiple of {channels} channels within {ExperienceCodec.MaxWindowValues}");
        if ((centres != 0 && centres != channels) || scales != centres)
            throw new WireFormatException($"experience calibration of {centres} centres and {scales} scales does not fit {channels} channels");
        if (endUs < startUs) throw new WireFormatException($"experience ends at {endUs} before it starts at {startUs}");
        reader.Take(sizeof(float) * (windowValues + centres + scales), "window");
        var runId = reader.Take(reader.Byte("runId"), "runId");
        reader.Take(reader.Byte("modelDigest"), "modelDigest");
        reader.Take(reader.Byte("ruleId"), "ruleId");
        reader.Take(reader.Byte("action"), "action");
        reader.RequireEnd("experience");
        return new ExperienceHeader { StartUs = startUs, EndUs = endUs, Reasons = reasons, Value = value, RunId = runId };
    }
}
