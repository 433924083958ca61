using Edge.Agent.Experience;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Edge.Agent.Sync.Outbox;

/// <summary>The outbox's tables and every statement on them (docs/formats/outbox.md). Each
/// method runs inside one transaction of the caller.</summary>
internal static class OutboxTables
{
    /// <summary>Facts given up between two looks at the budget.</summary>
    private const int EvictAtOnce = 32;

    /// <summary>Victims among facts that are no experiences are found by reading all of them, so many with one reading.</summary>
    private const int FoundAtOnce = 1024;

    // Experiences alone have an index, which most steps of a device then need not write: they are most of what fills an outbox, and go first.
    // A file of an older agent keeps its index over all kinds; the queries fit either.
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, """
            CREATE TABLE facts(
              seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, kind INTEGER NOT NULL, ts INTEGER NOT NULL,
              retention REAL NOT NULL, payload BLOB NOT NULL);
            CREATE INDEX facts_by_retention ON facts(retention, seq) WHERE kind <> 8 AND retention < 1;
            CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL);
            """),
    ];

    /// <summary>Gives up the least valuable facts that were not sent until the budget holds.</summary>
    public static void Evict(SqliteConnection connection, StoreBudget budget)
    {
        var offered = Counter(connection, "offered");
        var evicted = 0L;
        while (budget.IsAboveTarget(UsedBytes(connection)))
        {
            var victims = Victims(connection, "retention < 1", offered, EvictAtOnce);
            if (victims.Count == 0) victims = Victims(connection, "retention >= 1", offered, FoundAtOnce);
            if (victims.Count == 0) break;
            foreach (var some in victims.Chunk(EvictAtOnce).TakeWhile(_ => budget.IsAboveTarget(UsedBytes(connection))))
            {
                foreach (var victim in some) BuryOne(connection, victim, offered);
                evicted += some.Length;
            }
        }

        if (evicted > 0) Add(connection, "totalEvicted", evicted);
    }

    /// <summary>Facts from <paramref name="from"/> on, in order, without a hole. A record whose checksum fails comes as a tombstone of one.</summary>
    /// <param name="maxBytes">Payload bytes at most, but always one fact.</param>
    /// <param name="rotten">How many failed their checksum.</param>
    public static List<Fact> Read(SqliteConnection connection, long from, int maxFacts, int maxBytes, out int rotten)
    {
        rotten = 0;
        var facts = new List<Fact>();
        using var command = Command(connection, "SELECT seq, count, kind, ts, payload FROM facts WHERE seq >= $from ORDER BY seq LIMIT $limit");
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$limit", maxFacts);
        using var reader = command.ExecuteReader();
        var bytes = 0;
        while (reader.Read())
        {
            var fact = ReadFact(reader, ref rotten);
            bytes += fact.Payload.Length;
            if (facts.Count > 0 && bytes > maxBytes) break;
            facts.Add(fact);
        }

        return facts;
    }

    /// <summary>Begins a new epoch: what waits is numbered 1, 2, 3 … again, holes become tombstones, nothing counts as sent.</summary>
    public static void RenewEpoch(SqliteConnection connection, long epoch)
    {
        FillHoles(connection);
        var offset = Number(connection, "SELECT COALESCE(MIN(seq), 1) - 1 FROM facts");
        // Through negative numbers, because a key may not stand twice even inside one statement.
        Execute(connection, "UPDATE facts SET seq = -(seq - $offset)", ("$offset", offset));
        Execute(connection, "UPDATE facts SET seq = -seq");
        SetCounter(connection, "epoch", epoch);
        SetCounter(connection, "produced", Number(connection, "SELECT COALESCE(MAX(seq + count - 1), 0) FROM facts"));
        SetCounter(connection, "acknowledged", 0);
        SetCounter(connection, "offered", 0);
    }

    private static void FillHoles(SqliteConnection connection)
    {
        var holes = new List<(long Sequence, long Count, long TimestampUs)>();
        using (var command = Command(connection, "SELECT seq, count, ts FROM facts ORDER BY seq"))
        using (var reader = command.ExecuteReader())
        {
            long? next = null;
            while (reader.Read())
            {
                var sequence = reader.GetInt64(0);
                if (next is { } due && sequence > due) holes.Add((due, sequence - due, reader.GetInt64(2)));
                next = sequence + reader.GetInt64(1);
            }
        }

        foreach (var (sequence, count, timestampUs) in holes)
        {
            Execute(connection, "INSERT INTO facts(seq, count, kind, ts, retention, payload) VALUES($s, $n, 8, $t, 0, x'')", ("$s", sequence),
                ("$n", count), ("$t", timestampUs));
            Add(connection, "totalEvicted", count);
        }
    }

    private static List<long> Victims(SqliteConnection connection, string which, long offered, int most)
    {
        var victims = new List<long>(most);
        using var command = Command(
            connection, $"SELECT seq FROM facts WHERE kind <> 8 AND {which} AND seq > $offered ORDER BY retention, seq LIMIT $limit");
        command.Parameters.AddWithValue("$offered", offered);
        command.Parameters.AddWithValue("$limit", most);
        using var reader = command.ExecuteReader();
        while (reader.Read()) victims.Add(reader.GetInt64(0));
        return victims;
    }

    /// <summary>Turns a fact into a tombstone and joins it with tombstones that touch it.</summary>
    private static void BuryOne(SqliteConnection connection, long sequence, long offered)
    {
        var first = sequence;
        var count = 1L;
        if (Tombstone(
            connection, "SELECT seq, count, kind FROM facts WHERE seq < $s AND seq > $offered ORDER BY seq DESC LIMIT 1", sequence,
            offered) is { } left)
        {
            first = left.Sequence;
            count += left.Count;
            Execute(connection, "DELETE FROM facts WHERE seq = $s", ("$s", sequence));
        }

        if (Tombstone(connection, "SELECT seq, count, kind FROM facts WHERE seq = $s + 1 AND seq > $offered", sequence, offered) is { } right)
        {
            count += right.Count;
            Execute(connection, "DELETE FROM facts WHERE seq = $s", ("$s", right.Sequence));
        }

        Execute(connection, "UPDATE facts SET count = $n, kind = 8, retention = 0, payload = x'' WHERE seq = $s", ("$s", first), ("$n", count));
    }

    private static (long Sequence, long Count)? Tombstone(SqliteConnection connection, string sql, long sequence, long offered)
    {
        using var command = Command(connection, sql);
        command.Parameters.AddWithValue("$s", sequence);
        command.Parameters.AddWithValue("$offered", offered);
        using var reader = command.ExecuteReader();
        return reader.Read() && (FactKind)reader.GetInt64(2) == FactKind.Evicted ? (reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    private static Fact ReadFact(SqliteDataReader reader, ref int rotten)
    {
        var sequence = reader.GetInt64(0);
        var kind = (FactKind)reader.GetInt64(2);
        var timestampUs = reader.GetInt64(3);
        if (kind == FactKind.Evicted) return Fact.Tombstone(sequence, checked((int)reader.GetInt64(1)), timestampUs);
        var sealedBytes = reader.GetFieldValue<byte[]>(4);
        if (CheckedPayload.TryOpen(sealedBytes, out _))
            return new Fact(sequence, kind, timestampUs, sealedBytes.AsMemory(CheckedPayload.HeaderBytes));
        rotten++;
        return Fact.Tombstone(sequence, 1, timestampUs);
    }

    private static long UsedBytes(SqliteConnection connection) =>
        (Number(connection, "PRAGMA page_count") - Number(connection, "PRAGMA freelist_count")) * Number(connection, "PRAGMA page_size");

    private static long Counter(SqliteConnection connection, string name)
    {
        using var command = Command(connection, "SELECT value FROM counters WHERE name = $n");
        command.Parameters.AddWithValue("$n", name);
        return command.ExecuteScalar() as long? ?? 0;
    }

    private static void SetCounter(SqliteConnection connection, string name, long value) =>
        Execute(connection, "INSERT INTO counters(name, value) VALUES($n, $v) ON CONFLICT(name) DO UPDATE SET value = excluded.value", ("$n", name),
            ("$v", value));

    private static void Add(SqliteConnection connection, string name, long value) =>
        Execute(connection, "INSERT INTO counters(name, value) VALUES($n, $v) ON CONFLICT(name) DO UPDATE SET value = value + excluded.value",
            ("$n", name), ("$v", value));

    private static void Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(connection, sql);
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        return command.ExecuteScalar() as long? ?? 0;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        // Every statement here is a constant of this file; values go in as parameters.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
