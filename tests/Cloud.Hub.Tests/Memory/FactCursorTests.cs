using Cloud.Hub.Memory.Domain;
using FsCheck.Xunit;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Memory;

public sealed class FactCursorTests
{
    [Fact]
    public void The_next_fact_is_new_a_known_one_a_repeat_and_a_later_one_a_gap()
    {
        var cursor = new FactCursor(4);
        Assert.Equal(FactVerdict.Gap, cursor.Take(Some.Fact(6), out _));
        Assert.Equal(FactVerdict.Repeat, cursor.Take(Some.Fact(4), out _));
        Assert.Equal(FactVerdict.New, cursor.Take(Some.Fact(5), out _));
        Assert.Equal(5, cursor.Sequence);
    }

    [Fact]
    public void A_tombstone_moves_on_by_its_count()
    {
        var cursor = new FactCursor(4);
        Assert.Equal(FactVerdict.Tombstone, cursor.Take(Some.Evicted(5, 10), out var evicted));
        Assert.Equal((14, 10), (cursor.Sequence, evicted));
        Assert.Equal(FactVerdict.Repeat, cursor.Take(Some.Evicted(5, 10), out evicted));
        Assert.Equal((14, 0), (cursor.Sequence, evicted));
    }

    [Fact]
    public void A_tombstone_that_begins_in_known_ground_counts_only_what_was_unknown()
    {
        var cursor = new FactCursor(7);
        Assert.Equal(FactVerdict.Tombstone, cursor.Take(Some.Evicted(5, 10), out var evicted));
        Assert.Equal((14, 7), (cursor.Sequence, evicted));
    }

    [Fact]
    public void A_tombstone_behind_a_gap_waits()
    {
        var cursor = new FactCursor(3);
        Assert.Equal(FactVerdict.Gap, cursor.Take(Some.Evicted(5, 10), out _));
        Assert.Equal(3, cursor.Sequence);
    }

    [Property]
    public bool Whatever_the_order_and_repeats_each_sequence_is_new_at_most_once_and_without_a_hole(byte[] sequences)
    {
        var cursor = new FactCursor(0);
        var expected = 1L;
        foreach (var sequence in sequences)
        {
            if (cursor.Take(new Fact(sequence, FactKind.Alarm, 0, default), out _) != FactVerdict.New) continue;
            if (sequence != expected++) return false;
        }

        return cursor.Sequence == expected - 1;
    }
}
