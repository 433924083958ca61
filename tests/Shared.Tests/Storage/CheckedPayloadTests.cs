using FsCheck.Xunit;
using Hmas.Storage;

namespace Shared.Tests.Storage;

public sealed class CheckedPayloadTests
{
    [Property]
    public bool What_is_sealed_opens_to_the_same_bytes(byte[] payload) =>
        CheckedPayload.TryOpen(CheckedPayload.Seal(payload), out var opened) && opened.SequenceEqual(payload);

    [Property]
    public bool One_flipped_bit_anywhere_is_found(byte[] payload, int at, int bit)
    {
        var bytes = CheckedPayload.Seal(payload);
        bytes[(uint)at % bytes.Length] ^= (byte)(1 << (int)((uint)bit % 8));
        return !CheckedPayload.TryOpen(bytes, out _);
    }

    [Property]
    public bool A_truncated_payload_is_found(byte[] payload, int length)
    {
        var bytes = CheckedPayload.Seal(payload);
        return !CheckedPayload.TryOpen(bytes.AsSpan(0, (int)((uint)length % bytes.Length)), out _);
    }

    [Fact]
    public void The_layout_on_disk_stays_as_it_is() =>
        Assert.Equal("01839206E3313233343536373839", Convert.ToHexString(CheckedPayload.Seal("123456789"u8)));

    [Fact]
    public void A_destination_that_is_too_short_is_refused() =>
        Assert.Throws<ArgumentException>(() => CheckedPayload.Seal(new byte[10], new byte[14]));
}
