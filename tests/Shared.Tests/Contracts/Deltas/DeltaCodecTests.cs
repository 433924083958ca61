using System.Text;
using FsCheck.Xunit;
using Hmas.Contracts.Deltas;
using Hmas.Contracts.Wire;

namespace Shared.Tests.Contracts.Deltas;

public class DeltaCodecTests
{
    private const int MaxBytes = 1 << 20;

    [Property(MaxTest = 500)]
    public void Whatever_was_changed_the_new_file_comes_back(int seed)
    {
        var random = new Random(seed);
        var old = Bytes(random, random.Next(0, 5_000));
        var changed = Edit(random, old);
        Assert.Equal(changed, DeltaCodec.Decode(old, DeltaCodec.Encode(old, changed), MaxBytes));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "new")]
    [InlineData("old", "")]
    [InlineData("the same bytes in both files", "the same bytes in both files")]
    [InlineData("one two three four five six seven eight nine ten", "six seven eight nine ten one two three four five")]
    public void Edges_come_back(string old, string changed) =>
        Assert.Equal(
            changed, Encoding.ASCII.GetString(
                DeltaCodec.Decode(
                    Encoding.ASCII.GetBytes(old), DeltaCodec.Encode(Encoding.ASCII.GetBytes(old), Encoding.ASCII.GetBytes(changed)), MaxBytes)));

    /// <summary>No byte of the weights is equal, each is close: a comparison by equality finds nothing here.</summary>
    [Fact]
    public void Weights_that_all_moved_a_little_cost_a_fraction_of_what_they_are()
    {
        var random = new Random(1);
        var header = Bytes(random, 100);
        var weights = Bytes(random, 50_000);
        var moved = weights.Select(weight => (byte)(weight + (random.Next(2) == 0 ? 1 : -1))).ToArray();
        var delta = DeltaCodec.Encode([.. header, .. weights], [.. header, .. moved]);
        Assert.InRange(delta.Length, 50_000 / 8, (50_000 / 8) + 600);
    }

    /// <summary>As in a program whose functions moved: pieces of it in another order, some bytes put in between.</summary>
    [Fact]
    public void A_large_file_whose_pieces_moved_costs_little_more_than_what_was_put_in()
    {
        var random = new Random(1);
        var old = Bytes(random, 5 << 20);
        var pieces = old.Chunk(100_000).ToArray();
        random.Shuffle(pieces);
        byte[] changed = [.. pieces.SelectMany(piece => piece.Concat(Bytes(random, 50)))];
        var delta = DeltaCodec.Encode(old, changed);
        Assert.Equal(changed, DeltaCodec.Decode(old, delta, changed.Length));
        Assert.InRange(delta.Length, 50 * pieces.Length, 200 * pieces.Length);
    }

    [Fact]
    public void Unrelated_files_cost_hardly_more_than_the_new_one()
    {
        var changed = Bytes(new Random(2), 50_000);
        Assert.InRange(DeltaCodec.Encode(Bytes(new Random(1), 50_000), changed).Length, 50_000, 52_000);
    }

    [Fact]
    public void A_delta_against_another_file_is_refused()
    {
        var delta = DeltaCodec.Encode("old file"u8, "new file"u8);
        Assert.Contains(
            "another old file", Assert.Throws<WireFormatException>(() => DeltaCodec.Decode("OLD file"u8, delta, MaxBytes)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "outside 0 to 7", Assert.Throws<WireFormatException>(() => DeltaCodec.Decode("old file"u8, delta, 7)).Message, StringComparison.Ordinal);
        Assert.Throws<WireFormatException>(() => DeltaCodec.Decode("old file"u8, "HMDL"u8.ToArray(), MaxBytes));
    }

    /// <summary>100,000 damaged deltas: each is refused, none crashes, hangs or gives wrong bytes.</summary>
    [Fact]
    public void Damage_is_refused()
    {
        var random = new Random(20261122);
        var old = Bytes(random, 400);
        var changed = Edit(random, old);
        var delta = DeltaCodec.Encode(old, changed);
        for (var i = 0; i < 100_000; i++)
        {
            var damaged = delta.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
            if (random.Next(4) == 0) damaged = damaged[..random.Next(damaged.Length)];
            try
            {
                Assert.Equal(changed, DeltaCodec.Decode(old, damaged, MaxBytes));
            }
            catch (WireFormatException)
            {
                // As it should be: named, and nothing used.
                continue;
            }
        }
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Edit(Random random, byte[] old)
    {
        var bytes = old.ToList();
        for (var edits = random.Next(0, 8); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count + 1);
            var count = random.Next(Math.Min(600, bytes.Count - at + 1));
            switch (random.Next(4))
            {
                case 0: bytes.InsertRange(at, Bytes(random, random.Next(300))); break;
                case 1: bytes.RemoveRange(at, count); break;
                case 2: bytes.AddRange(bytes.GetRange(at, count)); break;
                default:
                    for (var i = at; i < at + count; i++) bytes[i] = (byte)(bytes[i] + random.Next(-3, 4));
                    break;
            }
        }

        return [.. bytes];
    }
}
