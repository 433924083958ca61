using System.Globalization;
using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>The rows of <c>artefacts</c> and <c>releases</c>. A row is added once; later only its quarantine changes.</summary>
internal sealed class ArtefactTable(RegistryTables tables)
{
    private const string Columns = "digest, kind, name, release, bytes, hardware, added_at_us, added_by, quarantine_reason IS NOT NULL";

    private readonly Database _database = tables.Database;

    public ArtefactEntry? Find(string digest) => _database.Read(connection => Find(connection, digest));

    /// <summary>The one artefact that is this release; null when there is none.</summary>
    public ArtefactEntry? FindRelease(ArtefactKind kind, string name, long release) =>
        _database.Read(connection => FindRelease(connection, kind, name, release));

    /// <summary>A model's manifest, as it was signed; null when there is none.</summary>
    public byte[]? Manifest(string digest) => _database.Read(connection =>
    {
        using var command = Command(connection, "SELECT manifest FROM artefacts WHERE digest = $digest", ("$digest", digest));
        return command.ExecuteScalar() as byte[];
    });

    /// <summary>The model that a model was trained from; null when there is none.</summary>
    public string? ParentOf(string digest) =>
        Manifest(digest) is { } json ? JsonSerializer.Deserialize(json, ContractsJson.Default.ModelManifest)?.Lineage.ParentDigest : null;

    /// <summary>Newest first.</summary>
    /// <param name="kind">Null: all.</param>
    public IReadOnlyList<ArtefactEntry> List(ArtefactKind? kind) => _database.Read<IReadOnlyList<ArtefactEntry>>(connection =>
    {
        using var command = Command(
            connection, $"SELECT {Columns} FROM artefacts WHERE $kind IS NULL OR kind = $kind ORDER BY added_at_us DESC, release DESC",
            ("$kind", kind is { } only ? ArtefactKinds.Word(only) : DBNull.Value));
        using var reader = command.ExecuteReader();
        var entries = new List<ArtefactEntry>();
        while (reader.Read()) entries.Add(Entry(reader));
        return entries;
    });

    /// <remarks>Each call gives another number, so that two that are made at the same time do not
    /// collide; one that is never added leaves a gap.</remarks>
    public Task<long> NextReleaseAsync(ArtefactKind kind, string name, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            const string Last = "coalesce((SELECT max(release) FROM artefacts WHERE kind = $kind AND name = $name), 0)";
            using var command = Command(
                connection,
                $"INSERT INTO releases (name, last) VALUES ($counter, 1 + {Last}) ON CONFLICT (name) DO UPDATE SET last = max(last, {Last}) + 1 RETURNING last",
                ("$counter", ArtefactKinds.Counter(kind, name)), ("$kind", ArtefactKinds.Word(kind)), ("$name", name));
            return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        },
        cancellation);

    /// <summary>What else stands in the row; null when there is none.</summary>
    public (string? Licence, string? Facts, DateTimeOffset? CondemnedAt)? Beside(string digest) =>
        _database.Read<(string?, string?, DateTimeOffset?)?>(connection =>
    {
        using var command = Command(connection, "SELECT licence, facts, condemned_at_us FROM artefacts WHERE digest = $digest", ("$digest", digest));
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? (reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2)
                ? null : At(reader.GetInt64(2))) : null;
    });

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<Approval> Approvals(string digest) => _database.Read<IReadOnlyList<Approval>>(connection =>
    {
        using var command = Command(connection, "SELECT who, at_us, note FROM approvals WHERE digest = $digest ORDER BY at_us", ("$digest", digest));
        using var reader = command.ExecuteReader();
        var approvals = new List<Approval>();
        while (reader.Read()) approvals.Add(new Approval(reader.GetString(0), At(reader.GetInt64(1)), reader.GetString(2)));
        return approvals;
    });

    /// <returns>False when there is no such artefact.</returns>
    public Task<bool> ApproveAsync(string digest, Approval approval, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var command = Command(
                connection,
                "INSERT INTO approvals SELECT $digest, $who, $at, $note WHERE EXISTS (SELECT 1 FROM artefacts WHERE digest = $digest) ON CONFLICT (digest, who) DO UPDATE SET at_us = $at, note = $note",
                ("$digest", digest), ("$who", approval.Who), ("$at", Us(approval.At)), ("$note", approval.Note));
            return command.ExecuteNonQuery() > 0;
        },
        cancellation);

    /// <summary>An artefact that is about to be used: whatever was said of deleting it is void from
    /// here on. Null: there is none, or no longer.</summary>
    public Task<ArtefactEntry?> HoldAsync(string digest, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var command = Command(
                connection, "UPDATE artefacts SET condemned_at_us = NULL WHERE digest = $digest AND condemned_at_us IS NOT NULL",
                ("$digest", digest));
            command.ExecuteNonQuery();
            return Find(connection, digest);
        },
        cancellation);

    /// <summary>Condemned artefacts, and since when.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Condemned() => _database.Read<IReadOnlyDictionary<string, DateTimeOffset>>(connection =>
    {
        using var command = Command(connection, "SELECT digest, condemned_at_us FROM artefacts WHERE condemned_at_us IS NOT NULL");
        using var reader = command.ExecuteReader();
        var condemned = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        while (reader.Read()) condemned[reader.GetString(0)] = At(reader.GetInt64(1));
        return condemned;
    });

    /// <summary>Condemns what is not yet, and acquits what may stay.</summary>
    public Task JudgeAsync(
        IReadOnlyCollection<string> condemned, IReadOnlyCollection<string> kept, DateTimeOffset now, CancellationToken cancellation) =>
        _database.WriteAsync(
        connection =>
        {
            foreach (var digest in condemned)
                Set(connection, "UPDATE artefacts SET condemned_at_us = $at WHERE digest = $digest AND condemned_at_us IS NULL", digest, now);
            foreach (var digest in kept)
                Set(connection, "UPDATE artefacts SET condemned_at_us = NULL WHERE digest = $digest AND condemned_at_us IS NOT NULL", digest, now);
        },
        cancellation);

    /// <summary>Takes an artefact off the list if it was condemned by then, and has not been held since.</summary>
    /// <returns>Whether it was.</returns>
    public Task<bool> DeleteAsync(string digest, DateTimeOffset condemnedBy, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            if (Set(connection, "DELETE FROM artefacts WHERE digest = $digest AND condemned_at_us <= $at", digest, condemnedBy) == 0) return false;
            Set(connection, "DELETE FROM approvals WHERE digest = $digest", digest, condemnedBy);
            return true;
        },
        cancellation);

    /// <returns>The stored entry, and whether it is new. A condemned one is acquitted.</returns>
    /// <exception cref="ArgumentException">The release is another artefact already, or the bytes are listed as something else.</exception>
    public Task<(ArtefactEntry Entry, bool IsNew)> InsertAsync(ArtefactEntry entry, ArtefactSource source, CancellationToken cancellation) =>
        _database.WriteAsync(connection => Insert(connection, entry, source), cancellation);

    /// <returns>Whether something changed.</returns>
    public Task<bool> QuarantineAsync(string digest, string reason, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var command = Command(
                connection, "UPDATE artefacts SET quarantine_reason = $reason WHERE digest = $digest AND quarantine_reason IS NULL",
                ("$digest", digest), ("$reason", reason));
            return command.ExecuteNonQuery() > 0;
        },
        cancellation);

    private static (ArtefactEntry Entry, bool IsNew) Insert(SqliteConnection connection, ArtefactEntry entry, ArtefactSource source)
    {
        if (Find(connection, entry.Digest) is { } stored)
        {
            if ((stored.Kind, stored.Name) != (entry.Kind, entry.Name))
                throw new ArgumentException($"these bytes are {ArtefactKinds.Word(stored.Kind)} {stored.Name} {stored.Release} already");
            Set(connection, "UPDATE artefacts SET condemned_at_us = NULL WHERE digest = $digest", entry.Digest, entry.AddedAt);
            return (stored, false);
        }

        if (FindRelease(connection, entry.Kind, entry.Name, entry.Release) is { } other)
            throw new ArgumentException($"release {entry.Release} of {entry.Name} is {other.Digest} already");
        using var command = Command(
            connection,
            "INSERT INTO artefacts (digest, kind, name, release, bytes, hardware, manifest, added_at_us, added_by, licence, facts) VALUES ($digest, $kind, $name, $release, $bytes, $hardware, $manifest, $at, $by, $licence, $facts)",
            ("$digest", entry.Digest), ("$kind", ArtefactKinds.Word(entry.Kind)), ("$name", entry.Name), ("$release", entry.Release),
            ("$bytes", entry.Bytes),
            ("$hardware", JsonSerializer.Serialize(entry.HardwareClasses)), ("$manifest", (object?)source.Manifest ?? DBNull.Value),
            ("$at", Us(entry.AddedAt)), ("$by", entry.AddedBy), ("$licence", (object?)source.Licence ?? DBNull.Value),
            ("$facts", (object?)source.Facts ?? DBNull.Value));
        command.ExecuteNonQuery();
        return (entry, true);
    }

    private static ArtefactEntry? Find(SqliteConnection connection, string digest)
    {
        using var command = Command(connection, $"SELECT {Columns} FROM artefacts WHERE digest = $digest", ("$digest", digest));
        return One(command);
    }

    private static ArtefactEntry? FindRelease(SqliteConnection connection, ArtefactKind kind, string name, long release)
    {
        using var command = Command(
            connection, $"SELECT {Columns} FROM artefacts WHERE kind = $kind AND name = $name AND release = $release",
            ("$kind", ArtefactKinds.Word(kind)), ("$name", name), ("$release", release));
        return One(command);
    }

    private static ArtefactEntry? One(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? Entry(reader) : null;
    }

    private static ArtefactEntry Entry(SqliteDataReader row) => new(
        row.GetString(0), ArtefactKinds.Require(row.GetString(1)), row.GetString(2), row.GetInt64(3), row.GetInt64(4),
        JsonSerializer.Deserialize<string[]>(row.GetString(5))!,
        At(row.GetInt64(6)), row.GetString(7), row.GetBoolean(8));

    private static int Set(SqliteConnection connection, string sql, string digest, DateTimeOffset at)
    {
        using var command = Command(connection, sql, ("$digest", digest), ("$at", Us(at)));
        return command.ExecuteNonQuery();
    }

    private static DateTimeOffset At(long us) => DateTimeOffset.FromUnixTimeMilliseconds(us / 1000);

    private static long Us(DateTimeOffset at) => at.ToUnixTimeMilliseconds() * 1000;

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
