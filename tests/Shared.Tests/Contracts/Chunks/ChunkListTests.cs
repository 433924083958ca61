using System.Security.Cryptography;
using Hmas.Contracts.Chunks;
using Hmas.Contracts.Wire;

namespace Shared.Tests.Contracts.Chunks;

public sealed class ChunkListTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(ChunkList.ChunkBytes - 1)]
    [InlineData(ChunkList.ChunkBytes)]
    [InlineData(ChunkList.ChunkBytes + 1)]
    [InlineData(300_000)]
    public void The_chunks_of_a_file_are_the_file_in_order(int length)
    {
        var file = Bytes(length);
        var chunks = ChunkList.Read(ChunkList.Write(ChunkList.Of(new MemoryStream(file))), length);
        // The plain way.
        var expected = file.Chunk(ChunkList.ChunkBytes).Select(static piece => (Convert.ToHexStringLower(SHA256.HashData(piece)), piece.Length));
        Assert.Equal(expected, chunks.Select(static chunk => (chunk.Hash, chunk.Length)));
        Assert.Equal(length, chunks[^1].Offset + chunks[^1].Length);
        Assert.All(chunks, static chunk => Assert.True(Chunk.IsHash(chunk.Hash)));
    }

    [Fact]
    public void The_form_on_the_wire_stays_as_it_is()
    {
        var list = ChunkList.Write(ChunkList.Of(new MemoryStream("a chunk"u8.ToArray())));
        Assert.Equal(
            "484D434C0100000100ABBE7862DE7660B333D1862141746D1D6D0E23C8CF49227BBD0D16ADD97BC71E0D079129",
            Convert.ToHexString(list));
    }

    [Fact]
    public void A_list_that_was_changed_anywhere_or_is_of_another_file_is_refused()
    {
        var list = ChunkList.Write(ChunkList.Of(new MemoryStream(Bytes(200_000))));
        foreach (var at in Enumerable.Range(0, list.Length))
        {
            var changed = list.ToArray();
            changed[at] ^= 0x10;
            Assert.Throws<WireFormatException>(() => ChunkList.Read(changed, 200_000));
        }

        foreach (var length in (int[])[0, 3, 8, 12, list.Length - 1])
            Assert.Throws<WireFormatException>(() => ChunkList.Read(list.AsSpan(0, length), 200_000));
        foreach (var bytes in (long[])[0, 1, ChunkList.ChunkBytes, 400_000, long.MaxValue / 2])
            Assert.Throws<WireFormatException>(() => ChunkList.Read(list, bytes));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    public void Only_64_lower_case_hex_digits_name_a_chunk(string text, bool isHash) => Assert.Equal(isHash, Chunk.IsHash(text));

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
