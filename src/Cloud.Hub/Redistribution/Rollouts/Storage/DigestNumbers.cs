using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Redistribution.Rollouts.Storage;

/// <summary>Digests by number: a fleet answers with a few, and a row of a device names one of them.</summary>
internal sealed class DigestNumbers(SqliteConnection connection)
{
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _digests = [];

    /// <summary>Adds one that there is not yet.</summary>
    public long Number(string digest)
    {
        if (_numbers.TryGetValue(digest, out var known)) return known;
        using var add = new BoundStatement(
            connection, "INSERT INTO digests (digest) VALUES (?1) ON CONFLICT DO UPDATE SET digest = ?1 RETURNING id");
        add.Bind(1, digest).Step();
        var number = add.Number(0);
        add.Reset();
        return _numbers[digest] = number;
    }

    public string Digest(long number)
    {
        if (_digests.TryGetValue(number, out var known)) return known;
        using var select = new BoundStatement(connection, "SELECT digest FROM digests WHERE id = ?1");
        if (!select.Bind(1, number).Step()) throw new InvalidOperationException($"rollouts.db has no digest {number}");
        return _digests[number] = select.Text(0)!;
    }
}
