using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Storage;
using Hmas.Testing;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Redistribution.Trust;

public sealed class DirectorRowsTests
{
    private static readonly DeviceIdentity Device = new("d0", "generic");
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public async Task The_two_newest_statements_stand_and_a_repeat_makes_none()
    {
        using var folder = new TempFolder();
        await using var tables = new RegistryTables(new HubPaths(folder.Path), NullLogger<RegistryTables>.Instance);
        var database = tables.Database;
        await SayAsync(Image("a"), 0);
        Assert.Equal([(1L, "a", 0)], Read(database));
        await SayAsync(Image("a"), 1);
        Assert.Equal([(1L, "a", 0)], Read(database));
        await SayAsync(Image("b"), 2);
        await SayAsync(null, 3);
        Assert.Equal([(3L, null, 3), (2L, "b", 2)], Read(database));
        Assert.Equal(["b"], database.Read(DirectorRows.Paths));
        await SayAsync(null, 4, isRenewal: true);
        Assert.Equal([(4L, null, 4), (3L, null, 3)], Read(database));
        Assert.Empty(database.Read(DirectorRows.Paths));
        await SayAsync(Image("a"), 5, hardware: "rpi4");
        await SayAsync(Image("a"), 6);
        Assert.Equal([(6L, "a", 6), (5L, "a", 5)], Read(database));
        Assert.Equal(["generic", "rpi4"], database.Read(connection => DirectorRows.Read(connection, "d0")).Select(static row => row.Hardware));
        Assert.Empty(database.Read(static connection => DirectorRows.Read(connection, "nobody")));

        Task SayAsync(TargetFile? image, int hour, bool isRenewal = false, string hardware = "generic") => database.WriteAsync(
            connection => DirectorRows.Write(
                connection, [(Device with { HardwareClass = hardware }, image)], Start.AddHours(hour), isRenewal), default);
    }

    [Fact]
    public async Task A_file_of_the_schema_before_keeps_its_two_newest_statements()
    {
        using var folder = new TempFolder();
        var paths = new HubPaths(folder.Path);
        await using (var tables = new RegistryTables(paths, NullLogger<RegistryTables>.Instance))
        {
        }

        await using (var old = new SqliteConnection($"Data Source={paths.Database("redistribution")};Pooling=False"))
        {
            await old.OpenAsync();
            await using var command = old.CreateCommand();
            command.CommandText = """
                DROP TABLE director;
                DROP TABLE director_images;
                CREATE TABLE director (
                  device TEXT NOT NULL, version INTEGER NOT NULL, issued_at_us INTEGER NOT NULL, hardware TEXT NOT NULL, path TEXT, length INTEGER,
                  hashes TEXT, PRIMARY KEY (device, version)) WITHOUT ROWID;
                INSERT INTO director VALUES
                  ('d0', 4, 0, 'generic', 'a', 10, '{"sha256":"00"}'), ('d0', 5, 3600000000, 'generic', 'b', 10, '{"sha256":"00"}'),
                  ('d1', 1, 0, 'generic', NULL, NULL, NULL), ('d2', 1, 0, 'generic', 'a', 10, '{"sha256":"00"}');
                PRAGMA user_version = 4;
                """;
            await command.ExecuteNonQueryAsync();
        }

        await using var opened = new RegistryTables(paths, NullLogger<RegistryTables>.Instance);
        Assert.Equal([(5L, "b", 1), (4L, "a", 0)], Read(opened.Database));
        Assert.Equal([(1L, null, 0)], Read(opened.Database, "d1"));
        Assert.Equal([(1L, "a", 0)], Read(opened.Database, "d2"));
        Assert.Equal(["a", "b"], opened.Database.Read(DirectorRows.Paths).Order());
    }

    private static TargetFile Image(string path) => new(path, 10, new Dictionary<string, string> { ["sha256"] = "00" }, null);

    private static IEnumerable<(long Version, string? Path, int Hour)> Read(Database database, string device = "d0") =>
        database.Read(connection => DirectorRows.Read(connection, device))
            .Select(static row => (row.Version, row.Image?.Path, (int)(row.IssuedAt - Start).TotalHours));
}
