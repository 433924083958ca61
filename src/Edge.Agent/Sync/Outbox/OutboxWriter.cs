using Edge.Agent.Experience;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Edge.Agent.Sync.Outbox;

/// <summary>What the outbox writes all day, with statements prepared once per connection: append, offer,
/// acknowledge. Each method runs inside one transaction of the caller.</summary>
/// <remarks>Runs on the writer's thread only, and holds nothing that a rollback would have to undo. Prepared
/// anew each time they took half of the store's processor time.</remarks>
internal sealed class OutboxWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly BoundStatement _counters;
    private readonly BoundStatement _setCounter;
    private readonly BoundStatement _insert;
    private readonly BoundStatement _deleteThrough;
    private readonly BoundStatement _cutTombstone;
    private readonly BoundStatement _pages;
    private readonly BoundStatement _freePages;
    private readonly long _pageBytes;

    public OutboxWriter(SqliteConnection connection)
    {
        _connection = connection;
        _counters = new(connection, "SELECT name, value FROM counters");
        _setCounter = new(
            connection,
            "INSERT INTO counters(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value");
        _insert = new(connection, "INSERT INTO facts(seq, count, kind, ts, retention, payload) VALUES(?1, 1, ?2, ?3, ?4, ?5)");
        _deleteThrough = new(connection, "DELETE FROM facts WHERE seq <= ?1 AND seq + count - 1 <= ?1");
        _cutTombstone = new(connection, "UPDATE facts SET count = count - (?1 + 1 - seq), seq = ?1 + 1 WHERE seq <= ?1");
        _pages = new(connection, "PRAGMA page_count");
        _freePages = new(connection, "PRAGMA freelist_count");
        using var pageSize = new BoundStatement(connection, "PRAGMA page_size");
        _pageBytes = Number(pageSize);
    }

    public bool Serves(SqliteConnection connection) => ReferenceEquals(connection, _connection);

    public OutboxState ReadState()
    {
        var state = new OutboxState();
        while (_counters.Step())
        {
            var value = _counters.Number(1);
            state = _counters.Text(0) switch
            {
                "epoch" => state with { Epoch = value },
                "produced" => state with { Produced = value },
                "acknowledged" => state with { Acknowledged = value },
                "offered" => state with { Offered = value },
                "totalProduced" => state with { TotalProduced = value },
                "totalAcknowledged" => state with { TotalAcknowledged = value },
                "totalEvicted" => state with { TotalEvicted = value },
                _ => state,
            };
        }

        return WithSizes(state);
    }

    /// <summary>Numbers and stores the entries, then gives up the least valuable ones that were not sent until the budget holds.</summary>
    /// <param name="sendingThrough">Those up to this sequence may be sent from now on, see <see cref="Offer"/>; 0: none.</param>
    public OutboxState Append(IReadOnlyList<OutboxEntry> entries, StoreBudget budget, long sendingThrough)
    {
        var state = ReadState();
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            _insert.Bind(1, state.Produced + 1 + i).Bind(2, (long)entry.Kind).Bind(3, entry.TimestampUs)
                .Bind(4, (double)EvictionPolicy.Retention(entry.Kind, entry.Value));
            _insert.Bind(5, CheckedPayload.Seal(entry.Payload.Span)).Execute();
        }

        state = WithSizes(state with { Produced = state.Produced + entries.Count, TotalProduced = state.TotalProduced + entries.Count });
        Set("produced", state.Produced);
        Set("totalProduced", state.TotalProduced);
        var offered = Math.Min(state.Produced, sendingThrough);
        if (offered > state.Offered)
        {
            state = state with { Offered = offered };
            Set("offered", offered);
        }

        if (!budget.IsOver(state.UsedBytes)) return state;
        OutboxTables.Evict(_connection, budget);
        return ReadState();
    }

    /// <summary>From here on facts up to the sequence may have been sent.</summary>
    public OutboxState Offer(long through)
    {
        var state = ReadState();
        state = state with { Offered = Math.Max(through, state.Offered) };
        Set("offered", state.Offered);
        return state;
    }

    /// <summary>Facts up to the sequence leave; a tombstone that reaches past it keeps its rest. What
    /// another epoch's facts are acknowledged by changes nothing.</summary>
    public OutboxState Acknowledge(FactAck ack)
    {
        var state = ReadState();
        if (!state.IsBehind(ack)) return state;
        _deleteThrough.Bind(1, ack.Sequence).Execute();
        _cutTombstone.Bind(1, ack.Sequence).Execute();
        state = state.Known(ack);
        Set("acknowledged", state.Acknowledged);
        Set("offered", state.Offered);
        Set("totalAcknowledged", state.TotalAcknowledged);
        return WithSizes(state);
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<BoundStatement>)[_counters, _setCounter, _insert, _deleteThrough, _cutTombstone, _pages, _freePages])
            statement.Dispose();
    }

    private OutboxState WithSizes(OutboxState state)
    {
        var free = Number(_freePages);
        return state with { UsedBytes = (Number(_pages) - free) * _pageBytes, FreeBytes = free * _pageBytes };
    }

    private void Set(string name, long value) => _setCounter.Bind(1, name).Bind(2, value).Execute();

    private static long Number(BoundStatement statement)
    {
        var value = statement.Step() ? statement.Number(0) : 0;
        statement.Reset();
        return value;
    }
}
