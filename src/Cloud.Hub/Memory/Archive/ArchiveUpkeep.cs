using Cloud.Hub.Memory.Domain;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Memory.Archive;

/// <summary>Moves broken rows aside and lets the least valuable go; runs within the writer's transaction.</summary>
internal static class ArchiveUpkeep
{
    public static int QuarantineExperiences(SqliteConnection connection, IReadOnlyList<long> ids, long nowUs)
    {
        using var keep = new BoundStatement(connection, """
            INSERT INTO quarantine(stream_id, sequence, kind, found_us, reason, body)
            SELECT e.stream_id, e.sequence, 1, ?2, 'payload fails its check', coalesce(p.body, x'') FROM experience e LEFT JOIN payload p ON p.id=e.id WHERE e.id=?1 RETURNING 1
            """);
        using var removePayload = new BoundStatement(connection, "DELETE FROM payload WHERE id=?1");
        using var remove = new BoundStatement(connection, "DELETE FROM experience WHERE id=?1");
        return Move(ids, nowUs, keep, removePayload, remove);
    }

    public static int QuarantineFacts(SqliteConnection connection, IReadOnlyList<long> ids, long nowUs)
    {
        using var keep = new BoundStatement(connection, """
            INSERT INTO quarantine(stream_id, sequence, kind, found_us, reason, body)
            SELECT stream_id, sequence, kind, ?2, 'payload fails its check', body FROM fact WHERE id=?1 RETURNING 1
            """);
        using var remove = new BoundStatement(connection, "DELETE FROM fact WHERE id=?1");
        return Move(ids, nowUs, keep, remove);
    }

    /// <summary>Deletes at most <paramref name="limit"/> rows of value step below the plan's and, of the
    /// plan's step, the oldest until their bytes are freed.</summary>
    /// <param name="bytesOfStep">Bytes still to free of the step itself; reduced.</param>
    /// <param name="afterId">Where the last call stopped; moved on.</param>
    /// <returns>Rows deleted and whether the pass is at its end.</returns>
    public static (int Rows, bool IsDone) DeletePage(SqliteConnection connection, int step, ref long bytesOfStep, ref long afterId, int limit)
    {
        var doomed = new List<long>();
        using (var scan = new BoundStatement(connection, "SELECT id, value, bytes FROM experience WHERE id>?1 ORDER BY id LIMIT ?2"))
        {
            scan.Bind(1, afterId).Bind(2, limit);
            var rows = 0;
            while (scan.Step())
            {
                rows++;
                afterId = scan.Number(0);
                var of = RetentionPlan.StepOf(scan.Real(1));
                if (of > step || (of == step && bytesOfStep <= 0)) continue;
                if (of == step) bytesOfStep -= scan.Number(2);
                doomed.Add(afterId);
            }

            if (rows < limit) limit = 0;
        }

        using var removePayload = new BoundStatement(connection, "DELETE FROM payload WHERE id=?1");
        using var remove = new BoundStatement(connection, "DELETE FROM experience WHERE id=?1");
        foreach (var id in doomed)
        {
            removePayload.Bind(1, id).Execute();
            remove.Bind(1, id).Execute();
        }

        return (doomed.Count, limit == 0);
    }

    /// <summary>Deletes the oldest facts until so many bytes are freed, at most <paramref name="limit"/> rows.</summary>
    public static (int Rows, long Bytes) DeleteOldestFacts(SqliteConnection connection, long wanted, int limit)
    {
        long freed = 0, last = 0;
        var rows = 0;
        using (var scan = new BoundStatement(connection, "SELECT id, length(body) FROM fact ORDER BY id LIMIT ?1"))
        {
            scan.Bind(1, limit);
            while (freed < wanted && scan.Step())
            {
                last = scan.Number(0);
                freed += scan.Number(1) + ArchiveQueries.FactOverheadBytes;
                rows++;
            }
        }

        using var remove = new BoundStatement(connection, "DELETE FROM fact WHERE id<=?1");
        remove.Bind(1, last).Execute();
        return (rows, freed);
    }

    private static int Move(IReadOnlyList<long> ids, long nowUs, BoundStatement keep, params ReadOnlySpan<BoundStatement> removals)
    {
        var moved = 0;
        foreach (var id in ids)
        {
            // Two readers may find the same row; the second moves nothing.
            keep.Bind(1, id).Bind(2, nowUs);
            while (keep.Step()) moved++;
            foreach (var removal in removals) removal.Bind(1, id).Execute();
        }

        return moved;
    }
}
