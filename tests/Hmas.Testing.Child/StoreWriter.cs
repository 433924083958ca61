using System.Globalization;
using Hmas.Storage;

namespace Hmas.Testing.Child;

/// <summary>Four writers that insert rows 1, 2, 3 … for ever; prints <c>ack N</c> once row N is
/// acknowledged, and <c>fail REASON</c> before it ends with code 3.</summary>
public static class StoreWriter
{
    public static readonly IReadOnlyList<Migration> Schema = [new(1, "CREATE TABLE item(id INTEGER PRIMARY KEY, body BLOB NOT NULL)")];

    private const int Writers = 4;

    /// <summary>What row <paramref name="id"/> holds: up to 2 kB that follow from the id.</summary>
    public static byte[] Body(long id)
    {
        var bytes = new byte[id * 37 % 2000];
        new Random((int)id).NextBytes(bytes);
        return CheckedPayload.Seal(bytes);
    }

    public static async Task<int> RunAsync(string path)
    {
        await using var database = Database.Open(path, Schema);
        var last = database.Read(static connection =>
        {
            using var statement = new BoundStatement(connection, "SELECT coalesce(max(id), 0) FROM item");
            statement.Step();
            return statement.Number(0);
        });
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
            {
                while (true) await InsertAsync(database, Interlocked.Increment(ref last));
            })));
            return 0;
        }
        catch (StorageException error)
        {
            Print($"fail {error.Reason}");
            return 3;
        }
    }

    private static async Task InsertAsync(Database database, long id)
    {
        await database.WriteAsync(
            connection =>
            {
                using var statement = new BoundStatement(connection, "INSERT INTO item(id, body) VALUES(?1, ?2)");
                statement.Bind(1, id).Bind(2, Body(id)).Execute();
            },
            CancellationToken.None);
        Print(string.Create(CultureInfo.InvariantCulture, $"ack {id}"));
    }

    /// <summary>One unbuffered write per line: a kill tears no line in two.</summary>
    private static void Print(string line)
    {
        lock (Schema)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
