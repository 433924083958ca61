using System.Text;
using Hmas.Contracts.Wire;

namespace Shared.Tests.Contracts.Wire;

public sealed class WireCrc32CTests
{
    [Fact]
    public void The_checksum_is_the_one_of_rfc_3720()
    {
        Assert.Equal(0xE3069283u, Crc(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, Crc(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
    }

    [Fact]
    public void A_checksum_in_pieces_is_the_checksum_of_the_whole()
    {
        var bytes = Encoding.ASCII.GetBytes("a remainder may be carried on");
        for (var cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(Crc(bytes), ~WireCrc32C.Append(WireCrc32C.Append(uint.MaxValue, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
    }

    private static uint Crc(byte[] bytes) => ~WireCrc32C.Append(uint.MaxValue, bytes);
}
