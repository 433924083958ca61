using Hmas.Storage;
using Hmas.Testing.Child;

namespace Shared.Tests.Storage;

/// <summary>Opens what a killed writer left and compares it with what it acknowledged.</summary>
internal static class StoreJudge
{
    public static async Task RequireAsync(string path, IReadOnlySet<long> acknowledged, string what)
    {
        await using var database = Database.Open(path, StoreWriter.Schema);
        var found = database.Read(connection =>
        {
            var good = new HashSet<long>();
            using var statement = new BoundStatement(connection, "SELECT id, body FROM item");
            while (statement.Step())
            {
                var id = statement.Number(0);
                if (statement.Blob(1).SequenceEqual(StoreWriter.Body(id))) good.Add(id);
            }

            return good;
        });
        var lost = acknowledged.Where(id => !found.Contains(id)).Order().Take(20).ToList();
        Assert.True(
            lost.Count == 0,
            $"{what}: acknowledged rows {string.Join(", ", lost)} are lost or changed; {found.Count} rows found, {acknowledged.Count} acknowledged");
        Assert.Equal(0, database.Health.QuarantinedFiles);
    }
}
