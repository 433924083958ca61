using System.Buffers.Binary;
using System.Numerics;

namespace Hmas.Contracts.Deltas;

/// <summary>Finds which bytes of a new file are like which of an old one.</summary>
/// <remarks>
/// As bsdiff (Percival 2003) a match begins at bytes that are equal and goes on over bytes that are not. What counts as alike is
/// another matter here: the bytes of a fine-tuned int8 model are seldom equal to the old
/// ones but almost always close, so closeness holds a match together, and names and headers between the weights bring it into step again.
/// </remarks>
internal static class Matcher
{
    /// <summary>Equal bytes that begin a match.</summary>
    private const int Anchor = 12;

    private const int Probes = 24;

    /// <summary>From so many bytes on, as programs have, a file needs more places to begin than <see cref="FewBits"/> tell apart: of one that is
    /// crowded only the last places would be tried.</summary>
    private const int LargeBytes = 4 << 20;

    private const int FewBits = 16;
    private const int ManyBits = 22;

    /// <summary>Bytes this far apart still belong together.</summary>
    private const int Close = 12;

    /// <summary>A match ends when unlike bytes have outweighed like ones by so much since its best end.</summary>
    private const int Patience = 24;

    /// <summary>A place elsewhere must have so many equal bytes more than the present distance has.</summary>
    private const int Advantage = 8;

    /// <returns>In the order of the new file, not overlapping there.</returns>
    public static List<Match> Find(ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new)
    {
        var matches = new List<Match>();
        var (heads, chains) = Index(old);
        var done = 0;
        var distance = 0;
        for (var at = 0; at < @new.Length;)
        {
            var (place, length) = Longest(old, @new, at, heads, chains, distance);
            if (length < Anchor)
            {
                at++;
                continue;
            }

            distance = place - at;
            var start = Backward(old, @new, at, distance, done);
            var end = Forward(old, @new, at + length, distance);
            // Somewhere behind, another distance may fit much better: bytes that were moved. The match ends there.
            end = CutAtBetter(old, @new, at + length, end, distance, heads, chains);
            matches.Add(new Match(start, start + distance, end - start));
            at = done = end;
        }

        return matches;
    }

    private static (int[] Heads, int[] Chains) Index(ReadOnlySpan<byte> old)
    {
        var heads = new int[1 << (old.Length < LargeBytes ? FewBits : ManyBits)];
        Array.Fill(heads, -1);
        var chains = new int[Math.Max(0, old.Length - 7)];
        for (var i = 0; i < chains.Length; i++)
        {
            ref var head = ref heads[Hash(old[i..], heads.Length)];
            chains[i] = head;
            head = i;
        }

        return (heads, chains);
    }

    private static (int Place, int Length) Longest(ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new, int at, int[] heads, int[] chains, int distance)
    {
        // The present distance first: of equally long matches it is the cheapest.
        var place = at + distance;
        var best = place >= 0 && place < old.Length ? old[place..].CommonPrefixLength(@new[at..]) : 0;
        if (@new.Length - at < 8) return (place, best);
        var candidate = heads[Hash(@new[at..], heads.Length)];
        for (var probe = 0; candidate >= 0 && probe < Probes; probe++, candidate = chains[candidate])
        {
            var length = old[candidate..].CommonPrefixLength(@new[at..]);
            if (length > best) (place, best) = (candidate, length);
        }

        return (place, best);
    }

    private static int Backward(ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new, int at, int distance, int done)
    {
        var (best, score, top) = (at, 0, 0);
        for (var i = at - 1; i >= done && i + distance >= 0 && score > top - Patience; i--)
        {
            score += Likeness(old[i + distance], @new[i]);
            if (score > top) (top, best) = (score, i);
        }

        return best;
    }

    private static int Forward(ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new, int from, int distance)
    {
        var (best, score, top) = (from, 0, 0);
        for (var i = from; i < @new.Length && i + distance < old.Length && score > top - Patience; i++)
        {
            score += Likeness(old[i + distance], @new[i]);
            if (score > top) (top, best) = (score, i + 1);
        }

        return best;
    }

    private static int CutAtBetter(ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new, int from, int end, int distance, int[] heads, int[] chains)
    {
        for (var i = from; i < end; i++)
        {
            if (old[i + distance] == @new[i]) continue;
            var (place, length) = Longest(old, @new, i, heads, chains, distance);
            if (length < Anchor || place - i == distance) continue;
            var equal = 0;
            for (var k = 0; k < length && i + k + distance < old.Length; k++)
            {
                if (old[i + k + distance] == @new[i + k]) equal++;
            }

            if (length > equal + Advantage) return i;
        }

        return end;
    }

    /// <summary>Equal bytes weigh more than close ones, unlike ones stand against: of a float that moved a
    /// little, two bytes are equal or close and two are noise.</summary>
    private static int Likeness(byte old, byte @new)
    {
        var apart = Math.Abs((int)(sbyte)(@new - old));
        return apart == 0 ? 2 : apart <= Close ? 1 : -1;
    }

    /// <param name="places">A power of two.</param>
    private static int Hash(ReadOnlySpan<byte> bytes, int places) =>
        (int)((BinaryPrimitives.ReadUInt64LittleEndian(bytes) * 0x9E3779B97F4A7C15) >> (64 - BitOperations.Log2((uint)places)));
}
