using Hmas.Storage;
using Hmas.Testing;

namespace Shared.Tests.Storage;

public sealed class CorruptFileTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int Rows = 2000;
    private static readonly Migration[] Schema =
    [
        new(1, """
            CREATE TABLE item(id INTEGER PRIMARY KEY, body TEXT NOT NULL);
            CREATE TABLE keyed(name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
            """),
    ];

    private readonly TempFolder _folder = new();

    private string FilePath => _folder.File("rot.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Around_a_broken_page_everything_is_salvaged_and_the_broken_file_is_kept()
    {
        await FillAsync();
        Damage(60);
        var broken = File.ReadAllBytes(FilePath);
        await using var database = Database.Open(FilePath, Schema);
        var ids = Ids(database);
        // A row takes about 210 bytes, so a page holds 19 of them.
        Assert.InRange(Rows - ids.Count, 1, 20);
        Assert.Equal(1, ids[0]);
        Assert.Equal(Rows, ids[^1]);
        Assert.Equal(Rows - ids.Count, database.QuarantinedRecords);
        Assert.Equal((1, ids.Count + 50L), (database.Health.QuarantinedFiles, database.Health.SalvagedRows));
        Assert.Equal(broken, File.ReadAllBytes(FilePath + ".corrupt-1"));
        await InsertAsync(database, Rows + 1);
    }

    [Fact]
    public async Task Several_broken_pages_cost_only_their_own_rows()
    {
        await FillAsync();
        foreach (var page in (ReadOnlySpan<int>)[30, 31, 60, 90]) Damage(page);
        await using var database = Database.Open(FilePath, Schema);
        Assert.InRange(Rows - Ids(database).Count, 4, 80);
        Assert.Equal(Rows - Ids(database).Count, database.QuarantinedRecords);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_moved_aside_and_an_empty_one_begins()
    {
        await File.WriteAllTextAsync(FilePath, string.Concat(Enumerable.Repeat("this is not a database\n", 1000)));
        await using var database = Database.Open(FilePath, Schema);
        Assert.Empty(Ids(database));
        Assert.Equal((1, 1L), (database.Health.QuarantinedFiles, database.QuarantinedRecords));
        Assert.StartsWith("this is not", await File.ReadAllTextAsync(FilePath + ".corrupt-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_file_gives_what_is_left_of_it()
    {
        await FillAsync();
        using (var file = File.OpenWrite(FilePath)) file.SetLength(file.Length / 2);
        await using var database = Database.Open(FilePath, Schema);
        Assert.InRange(Ids(database).Count, 1, Rows - 1);
        Assert.True(database.QuarantinedRecords > 0);
    }

    [Fact]
    public async Task A_second_broken_file_gets_the_next_number()
    {
        for (var n = 1; n <= 2; n++)
        {
            await File.WriteAllTextAsync(FilePath, new string('x', 5000));
            await using var database = Database.Open(FilePath, Schema);
            Assert.Equal(n, database.Health.QuarantinedFiles);
        }
    }

    [Fact]
    public async Task A_salvage_that_was_killed_before_the_swap_ended_is_finished_at_the_next_start()
    {
        await FillAsync();
        File.Move(FilePath, FilePath + ".salvage");
        await File.WriteAllTextAsync(FilePath + ".corrupt-1", "the broken one");
        await File.WriteAllTextAsync(FilePath + "-wal", "the broken one's log");
        await using var database = Database.Open(FilePath, Schema);
        Assert.Equal(Rows, Ids(database).Count);
        Assert.Equal("the broken one's log", await File.ReadAllTextAsync(FilePath + ".corrupt-1-wal"));
        Assert.False(File.Exists(FilePath + ".salvage"));
    }

    [Fact]
    public async Task A_salvage_that_was_killed_in_the_middle_is_begun_again()
    {
        await FillAsync();
        await File.WriteAllTextAsync(FilePath + ".salvage", "half a copy");
        await using var database = Database.Open(FilePath, Schema);
        Assert.Equal(Rows, Ids(database).Count);
        Assert.False(File.Exists(FilePath + ".salvage"));
    }

    [Fact]
    public async Task Rows_of_an_older_schema_are_salvaged_and_then_brought_up()
    {
        await FillAsync();
        Damage(60);
        await using var database = Database.Open(
            FilePath, [.. Schema, new Migration(2, "ALTER TABLE item ADD COLUMN size INTEGER; UPDATE item SET size=length(body)")]);
        Assert.True(database.Read(connection =>
        {
            using var statement = new BoundStatement(connection, "SELECT count(*)=sum(size=200) FROM item");
            statement.Step();
            return statement.Number(0) == 1;
        }));
    }

    [Fact]
    public void Bytes_changed_anywhere_never_stop_the_start()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var path = _folder.File($"fuzz-{seed}.db");
            using (Fill(path, 60))
            {
            }

            var bytes = File.ReadAllBytes(path);
            var random = new Random(seed);
            for (var i = 0; i < 8; i++) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            using var opened = new Opened(Database.Open(path, Schema));
            Assert.InRange(Ids(opened.Database).Count, 0, 60);
        }
    }

    private static List<long> Ids(Database database) => database.Read(connection =>
    {
        var ids = new List<long>();
        using var statement = new BoundStatement(connection, "SELECT id, body FROM item ORDER BY id");
        while (statement.Step()) ids.Add(statement.Number(0));
        return ids;
    });

    private static Task InsertAsync(Database database, long id) => database.WriteAsync(
        connection =>
        {
            using var statement = new BoundStatement(connection, "INSERT INTO item(id, body) VALUES(?1, ?2)");
            statement.Bind(1, id).Bind(2, new string((char)('a' + (id % 26)), 200)).Execute();
        },
        default);

    private static Opened Fill(string path, int rows)
    {
        var opened = new Opened(Database.Open(path, Schema));
        Task.WaitAll([.. Enumerable.Range(1, rows).Select(id => InsertAsync(opened.Database, id))]);
        return opened;
    }

    private async Task FillAsync()
    {
        await using var database = Database.Open(FilePath, Schema);
        await Task.WhenAll(Enumerable.Range(1, Rows).Select(id => InsertAsync(database, id)));
        await database.WriteAsync(
            connection =>
            {
                using var statement = new BoundStatement(connection, "INSERT INTO keyed(name, body) VALUES(?1, 'x')");
                for (var i = 0; i < 50; i++) statement.Bind(1, $"key-{i}").Execute();
            },
            default);
    }

    private void Damage(int page)
    {
        using var file = File.OpenWrite(FilePath);
        file.Seek((page - 1L) * PageBytes, SeekOrigin.Begin);
        var noise = new byte[PageBytes];
        new Random(page).NextBytes(noise);
        file.Write(noise);
    }

    /// <summary>Lets a test that is a plain loop close as it goes.</summary>
    private sealed class Opened(Database database) : IDisposable
    {
        public Database Database { get; } = database;

        public void Dispose() => Database.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
