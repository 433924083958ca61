using Edge.Agent.Settings;
using Edge.Agent.Sync.Outbox;
using Hmas.Contracts.Facts;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Sync;

/// <summary>A device that never meets its hub fills its outbox: the bound holds, and what matters stays.</summary>
public sealed class OutboxBoundTests : IDisposable
{
    private const long MaxBytes = 4 << 20;
    private const int Facts = 6000;
    private const int Valuable = 50;
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task The_bound_is_kept_on_disk_and_the_least_valuable_facts_go_first()
    {
        var outbox = await OpenAsync();
        var storing = outbox.RunAsync(default);
        var largest = 0L;
        outbox.Stored += () =>
            largest = Math.Max(largest, Directory.GetFiles(_folder.Path, "outbox.db*").Sum(static file => new FileInfo(file).Length));
        for (var i = 1; i <= Facts; i++)
        {
            var kind = i % 100 == 0 ? FactKind.Alarm : FactKind.Experience;
            while (!outbox.TryAdd(kind, i, new byte[2000], i % Valuable == 1 ? 0.9f : 0.1f)) await Task.Yield();
        }

        outbox.Complete();
        await storing;
        Assert.InRange(largest, MaxBytes / 2, MaxBytes);
        Assert.Equal(Facts, outbox.State.Produced);
        var kept = ReadAll(outbox);
        Assert.Equal(
            Enumerable.Range(1, Facts / 100).Select(static i => 100L * i),
            kept.Where(static fact => fact.Kind == FactKind.Alarm).Select(static fact => fact.TimestampUs));
        Assert.Equal(Facts / Valuable, kept.Count(static fact => fact.Kind == FactKind.Experience && fact.TimestampUs % Valuable == 1));
        await outbox.DisposeAsync();
    }

    /// <summary>A broker that takes everything while the hub behind it is away: what is on its way is never given up.</summary>
    [Fact]
    public async Task The_bound_is_kept_while_all_that_is_stored_is_sent_and_nothing_is_acknowledged()
    {
        await using var outbox = await OpenAsync();
        outbox.SendingThrough = long.MaxValue;
        var storing = outbox.RunAsync(default);
        var largest = 0L;
        outbox.Stored += () =>
            largest = Math.Max(largest, Directory.GetFiles(_folder.Path, "outbox.db*").Sum(static file => new FileInfo(file).Length));
        for (var i = 1; i <= Facts; i++)
        {
            while (!outbox.TryAdd(FactKind.Experience, i, new byte[2000], 0.5f)) await Task.Yield();
        }

        outbox.Complete();
        await storing;
        Assert.InRange(largest, MaxBytes / 4, MaxBytes);
        Assert.InRange(outbox.State.Offered, 1, Facts - 1);
    }

    [Theory]
    [InlineData(-30)]
    [InlineData(730)]
    public async Task A_clock_that_jumps_by_days_neither_reorders_facts_nor_begins_an_epoch(int days)
    {
        var before = await OpenAsync();
        var epoch = before.State.Epoch;
        await StoreAsync(before, first: 1);
        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(days));
        var after = await OpenAsync();
        await StoreAsync(after, first: 11);
        var reopened = await OpenAsync();
        Assert.Equal((epoch, 20), (reopened.State.Epoch, reopened.State.Produced));
        Assert.Equal(Enumerable.Range(1, 20).Select(static i => (long)i), ReadAll(reopened).Select(static fact => fact.TimestampUs));
        await reopened.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private Task<FactOutbox> OpenAsync() =>
        FactOutbox.OpenAsync(_folder.Path, new OutboxOptions { MaxBytes = MaxBytes }, _time, NullLogger.Instance, default);

    private static async Task StoreAsync(FactOutbox outbox, int first)
    {
        for (var i = first; i < first + 10; i++) Assert.True(outbox.TryAdd(FactKind.Experience, i, new byte[100], 0.5f));
        outbox.Complete();
        await outbox.RunAsync(default);
        await outbox.DisposeAsync();
    }

    /// <summary>Every sequence once: as a fact, or within a tombstone.</summary>
    private static List<Fact> ReadAll(FactOutbox outbox)
    {
        var facts = new List<Fact>();
        var next = 1L;
        while (next <= outbox.State.Produced)
        {
            foreach (var fact in outbox.Read(next, 256, 1 << 20))
            {
                Assert.Equal(next, fact.Sequence);
                next = fact.LastSequence + 1;
                facts.Add(fact);
            }
        }

        return facts;
    }
}
