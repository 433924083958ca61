using Hmas.Storage;
using Hmas.Testing;
using Microsoft.Data.Sqlite;

namespace Shared.Tests.Storage;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class DatabaseTests : IDisposable
{
    private static readonly Migration[] Schema = [new(1, "CREATE TABLE item(id INTEGER PRIMARY KEY, body TEXT NOT NULL)")];
    private readonly TempFolder _folder = new();

    private string FilePath => _folder.File("test.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_written_is_there_after_the_file_is_opened_again()
    {
        await using (var database = Database.Open(FilePath, Schema)) await Insert(database, 1, "one");
        await using var again = Database.Open(FilePath, Schema);
        Assert.Equal("one", Body(again, 1));
    }

    [Fact]
    public async Task Works_that_wait_together_share_one_commit()
    {
        await using var database = Database.Open(FilePath, Schema);
        using var gate = new ManualResetEventSlim();
        var first = database.WriteAsync(_ => gate.Wait(), default);
        var rest = Enumerable.Range(1, 200).Select(i => Insert(database, i, "x")).ToArray();
        gate.Set();
        await first;
        await Task.WhenAll(rest);
        Assert.Equal(201, database.Health.Writes);
        // The first group may have closed before all of the rest were queued; more than two groups there cannot be.
        Assert.InRange(database.Health.Commits, 1, 2);
    }

    [Fact]
    public async Task A_work_that_throws_is_rolled_back_alone()
    {
        await using var database = Database.Open(FilePath, Schema);
        using var gate = new ManualResetEventSlim();
        var first = database.WriteAsync(_ => gate.Wait(), default);
        var good = Insert(database, 1, "good");
        var bad = database.WriteAsync(
            connection =>
            {
                InsertNow(connection, 2, "bad");
                throw new InvalidOperationException("second thoughts");
            },
            default);
        var late = Insert(database, 3, "late");
        gate.Set();
        await first;
        await good;
        await late;
        Assert.Equal("second thoughts", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
        Assert.Equal("good", Body(database, 1));
        Assert.Null(Body(database, 2));
        Assert.Equal("late", Body(database, 3));
    }

    [Fact]
    public async Task A_refused_row_names_the_file_and_the_reason()
    {
        await using var database = Database.Open(FilePath, Schema);
        await Insert(database, 1, "one");
        var error = await Assert.ThrowsAsync<StorageException>(() => Insert(database, 1, "again"));
        Assert.Equal(StorageReason.Constraint, error.Reason);
        Assert.Contains(FilePath, error.Message, StringComparison.Ordinal);
        Assert.True(database.Health.IsGood);
    }

    [Fact]
    public async Task A_cancelled_write_that_has_not_begun_leaves_nothing()
    {
        await using var database = Database.Open(FilePath, Schema);
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var first = database.WriteAsync(_ => gate.Wait(), default);
        var cancelled = database.WriteAsync(connection => InsertNow(connection, 1, "no"), cancellation.Token);
        await cancellation.CancelAsync();
        gate.Set();
        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Null(Body(database, 1));
    }

    [Fact]
    public async Task Closing_finishes_the_writes_that_wait_and_refuses_later_ones()
    {
        var database = Database.Open(FilePath, Schema);
        using var gate = new ManualResetEventSlim();
        var first = database.WriteAsync(_ => gate.Wait(), default);
        var waiting = Insert(database, 1, "one");
        var closing = database.DisposeAsync();
        gate.Set();
        await closing;
        await first;
        await waiting;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Insert(database, 2, "two"));
        Assert.Throws<ObjectDisposedException>(() => Body(database, 1));
        Assert.False(File.Exists(FilePath + "-wal"), "the log is carried over into the file on close");
    }

    [Fact]
    public async Task Schema_steps_run_once_and_in_order()
    {
        await using (var old = Database.Open(FilePath, Schema)) await Insert(old, 1, "one");
        Migration[] newer = [
            .. Schema, new(2, "ALTER TABLE item ADD COLUMN size INTEGER NOT NULL DEFAULT 7;"), new(3, "UPDATE item SET size=size+1")];
        for (var opened = 0; opened < 2; opened++)
        {
            await using var database = Database.Open(FilePath, newer);
            Assert.Equal(8, database.Read(connection => Number(connection, "SELECT size FROM item WHERE id=1")));
            Assert.Equal(3, database.Read(connection => Number(connection, "PRAGMA user_version")));
        }
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused_and_left_alone()
    {
        await using (Database.Open(FilePath, [.. Schema, new Migration(2, "CREATE TABLE other(id INTEGER)")]))
        {
        }

        var error = Assert.Throws<StorageException>(() => Database.Open(FilePath, Schema));
        Assert.Equal(StorageReason.NewerSchema, error.Reason);
        Assert.Contains("schema version 2, this program knows up to 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hole_in_the_schema_steps_is_refused() =>
        Assert.Throws<ArgumentException>(() => Database.Open(FilePath, [new Migration(2, "SELECT 1")]));

    [Fact]
    public async Task A_drained_backlog_gives_its_space_back()
    {
        await using var database = Database.Open(FilePath, Schema);
        var body = new string('x', 4000);
        await database.WriteAsync(
            connection =>
            {
                for (var i = 0; i < 500; i++) InsertNow(connection, i, body);
            },
            default);
        await database.WriteAsync(connection => Run(connection, "DELETE FROM item"), default);
        var used = database.UsedBytes();
        var freed = await database.GiveSpaceBackAsync(long.MaxValue, default);
        Assert.InRange(used, 1, 100_000);
        Assert.InRange(freed, 1_900_000, 3_000_000);
        Assert.InRange(database.Health.FileBytes, 1, 100_000);
        Assert.Equal(0, database.Health.WalBytes);
    }

    [Fact]
    public async Task A_backup_taken_while_writing_goes_on_is_whole()
    {
        await using var database = Database.Open(FilePath, Schema);
        for (var i = 0; i < 50; i++) await Insert(database, i, "x");
        var writing = Enumerable.Range(50, 50).Select(i => Insert(database, i, "y")).ToArray();
        database.Backup(_folder.File("copy.db"));
        await Task.WhenAll(writing);
        await using var copy = Database.Open(_folder.File("copy.db"), Schema);
        Assert.InRange(copy.Read(connection => Number(connection, "SELECT count(*) FROM item WHERE id<50")), 50, 50);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_files()
    {
        await using var database = Database.Open(FilePath, Schema);
        await Insert(database, 1, "one");
        foreach (var file in Directory.GetFiles(_folder.Path))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private static Task Insert(Database database, long id, string body) =>
        database.WriteAsync(connection => InsertNow(connection, id, body), default);

    private static void InsertNow(SqliteConnection connection, long id, string body)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO item(id, body) VALUES($id, $body)";
        command.Parameters.AddWithValue("$id", id);
        command.Parameters.AddWithValue("$body", body);
        command.ExecuteNonQuery();
    }

    private static string? Body(Database database, long id) => database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM item WHERE id=$id";
        command.Parameters.AddWithValue("$id", id);
        return command.ExecuteScalar() as string;
    });

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
