using Hmas.Storage;
using Hmas.Testing;
using Hmas.Testing.Child;

namespace Shared.Tests.Storage;

public sealed class DiskFullTests
{
    [RootFact]
    public async Task A_full_disk_acknowledges_nothing_says_so_and_recovers_when_there_is_room_again()
    {
        using var folder = new TempFolder();
        await Tool.RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder.Path);
        try
        {
            await FillAsync(folder.File("full.db"), folder.File("ballast"));
        }
        finally
        {
            await Tool.RunAsync("umount", folder.Path);
        }
    }

    private static async Task FillAsync(string path, string ballast)
    {
        await File.WriteAllBytesAsync(ballast, new byte[400_000]);
        var acknowledged = new HashSet<long>();
        await using (var database = Database.Open(path, StoreWriter.Schema))
        {
            StorageException? full = null;
            for (var id = 1L; full is null; id++)
            {
                try
                {
                    await InsertAsync(database, id);
                    acknowledged.Add(id);
                }
                catch (StorageException error)
                {
                    full = error;
                }
            }

            Assert.Equal(StorageReason.DiskFull, full.Reason);
            Assert.Contains(path, full.Message, StringComparison.Ordinal);
            Assert.Equal((1L, false), (database.Health.DiskFull, database.Health.IsGood));
            Assert.InRange(acknowledged.Count, 100, 2000);

            File.Delete(ballast);
            await InsertAsync(database, 1_000_000);
            acknowledged.Add(1_000_000);
            Assert.True(database.Health.IsGood);
        }

        await StoreJudge.RequireAsync(path, acknowledged, "full disk");
    }

    private static Task InsertAsync(Database database, long id) => database.WriteAsync(
        connection =>
        {
            using var statement = new BoundStatement(connection, "INSERT INTO item(id, body) VALUES(?1, ?2)");
            statement.Bind(1, id).Bind(2, StoreWriter.Body(id)).Execute();
        },
        default);
}
