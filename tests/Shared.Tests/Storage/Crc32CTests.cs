using Hmas.Storage;

namespace Shared.Tests.Storage;

/// <summary>Judge: RFC 3720 appendix B.4.</summary>
public sealed class Crc32CTests
{
    [Fact]
    public void Thirty_two_zeros_give_the_value_of_the_RFC() => Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));

    [Fact]
    public void Thirty_two_ones_give_the_value_of_the_RFC() => Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xFF, 32).ToArray()));

    [Fact]
    public void Ascending_bytes_give_the_value_of_the_RFC() =>
        Assert.Equal(0x46DD794Eu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));

    [Fact]
    public void Descending_bytes_give_the_value_of_the_RFC() =>
        Assert.Equal(0x113FDB5Cu, Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]));

    [Fact]
    public void An_iSCSI_read_command_gives_the_value_of_the_RFC() =>
        Assert.Equal(
            0xD9963A56u,
            Crc32C.Compute(
            [
                0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
                0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
            ]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(63)]
    [InlineData(1000)]
    public void Any_length_agrees_with_the_bitwise_definition(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var slow = uint.MaxValue;
        foreach (var value in bytes)
        {
            slow ^= value;
            for (var bit = 0; bit < 8; bit++) slow = (slow >> 1) ^ ((slow & 1) * 0x82F63B78u);
        }

        Assert.Equal(~slow, Crc32C.Compute(bytes));
    }
}
