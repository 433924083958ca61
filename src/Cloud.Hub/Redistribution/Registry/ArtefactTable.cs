using System.Globalization;
using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
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
    public ArtefactEntry? FindRelease(ArtefactKind kind, string name, long release) => _database.Read(connection => FindRelease(connection, kind, name, release));

    /// <summary>A model's manifest, as it was signed; null when there is none.</summary>
    public byte[]? Manifest(string digest) => _database.Read(connection =>
    {
        using var command = Command(connection, "SELECT manifest FROM artefacts WHERE digest = $digest", ("$digest", digest));
        return command.ExecuteScalar() as byte[];
    });

    /// <summary>Newest first.</summary>
    /// <param name="kind">Null: all.</param>
    public IReadOnlyList<ArtefactEntry> List(ArtefactKind? kind) => _database.Read<IReadOnlyList<ArtefactEntry>>(connection =>
    {
        using var command = Command(
            connection, $"SELECT {Columns} FROM artefacts WHERE $kind IS NULL OR kind = $kind ORDER BY added_at_us DESC, release DESC", ("$kind", kind is { } only ? ArtefactKinds.Word(only) : DBNull.Value));
        using var reader = command.ExecuteReader();
        var entries = new List<ArtefactEntry>();
        while (reader.Read()) entries.Add(Entry(reader));
        return entries;
    });

    /// <remarks>Each call gives another number, so that two that are made at the same time do not collide; one that is never added leaves a gap.</remarks>
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

    /// <param name="manifest">Of a model; null otherwise.</param>
    /// <returns>The stored entry, and whether it is new.</returns>
    /// <exception cref="ArgumentException">The release is another artefact already, or the bytes are listed as something else.</exception>
    public Task<(ArtefactEntry Entry, bool IsNew)> InsertAsync(ArtefactEntry entry, byte[]? manifest, CancellationToken cancellation) =>
        _database.WriteAsync(connection => Insert(connection, entry, manifest), cancellation);

    /// <returns>Whether something changed.</returns>
    public Task<bool> QuarantineAsync(string digest, string reason, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var command = Command(connection, "UPDATE artefacts SET quarantine_reason = $reason WHERE digest = $digest AND quarantine_reason IS NULL", ("$digest", digest), ("$reason", reason));
            return command.ExecuteNonQuery() > 0;
        },
        cancellation);

    private static (ArtefactEntry Entry, bool IsNew) Insert(SqliteConnection connection, ArtefactEntry entry, byte[]? manifest)
    {
        if (Find(connection, entry.Digest) is { } stored)
        {
            return (stored.Kind, stored.Name) == (entry.Kind, entry.Name)
                ? (stored, false)
                : throw new ArgumentException($"these bytes are {ArtefactKinds.Word(stored.Kind)} {stored.Name} {stored.Release} already");
        }

        if (FindRelease(connection, entry.Kind, entry.Name, entry.Release) is { } other) throw new ArgumentException($"release {entry.Release} of {entry.Name} is {other.Digest} already");
        using var command = Command(
            connection,
            "INSERT INTO artefacts (digest, kind, name, release, bytes, hardware, manifest, added_at_us, added_by) VALUES ($digest, $kind, $name, $release, $bytes, $hardware, $manifest, $at, $by)",
            ("$digest", entry.Digest), ("$kind", ArtefactKinds.Word(entry.Kind)), ("$name", entry.Name), ("$release", entry.Release), ("$bytes", entry.Bytes),
            ("$hardware", JsonSerializer.Serialize(entry.HardwareClasses)), ("$manifest", (object?)manifest ?? DBNull.Value),
            ("$at", entry.AddedAt.ToUnixTimeMilliseconds() * 1000), ("$by", entry.AddedBy));
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
            connection, $"SELECT {Columns} FROM artefacts WHERE kind = $kind AND name = $name AND release = $release", ("$kind", ArtefactKinds.Word(kind)), ("$name", name), ("$release", release));
        return One(command);
    }

    private static ArtefactEntry? One(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? Entry(reader) : null;
    }

    private static ArtefactEntry Entry(SqliteDataReader row) => new(
        row.GetString(0), ArtefactKinds.Require(row.GetString(1)), row.GetString(2), row.GetInt64(3), row.GetInt64(4), JsonSerializer.Deserialize<string[]>(row.GetString(5))!,
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6) / 1000), row.GetString(7), row.GetBoolean(8));

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
