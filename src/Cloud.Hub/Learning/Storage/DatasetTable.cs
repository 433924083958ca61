using Cloud.Hub.Learning.Contract;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Learning.Storage;

/// <summary>Which samples each part of a training run read: a row for each run of a machine, its sample ids as
/// differences in LEB128 (docs/formats/training-checkpoint.md).</summary>
internal static class DatasetTable
{
    /// <summary>Replaces what was kept of the run: one that began again reads the same.</summary>
    public static void Keep(SqliteConnection connection, string trainingRun, IReadOnlyList<DatasetView> parts)
    {
        using var drop = new BoundStatement(connection, "DELETE FROM dataset WHERE training_run=?1");
        drop.Bind(1, trainingRun).Execute();
        using var add = new BoundStatement(
            connection,
            "INSERT INTO dataset(training_run, part, digest, labels, device, machine_run, first_id, last_id, ids) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        foreach (var part in parts)
        {
            foreach (var source in part.Sources.Where(static source => source.ExperienceIds.Count > 0))
            {
                add.Bind(1, trainingRun).Bind(2, part.Part).Bind(3, part.Digest).Bind(4, (long)part.Labels).Bind(5, source.DeviceId)
                    .Bind(6, source.MachineRun)
                    .Bind(7, source.ExperienceIds[0]).Bind(8, source.ExperienceIds[^1]).Bind(9, Pack(source.ExperienceIds)).Execute();
            }
        }
    }

    public static IReadOnlyList<DatasetView> Read(SqliteConnection connection, string trainingRun)
    {
        using var select = new BoundStatement(
            connection,
            "SELECT part, digest, labels, device, machine_run, ids FROM dataset WHERE training_run=?1 ORDER BY part, device, machine_run");
        select.Bind(1, trainingRun);
        var parts = new List<DatasetView>();
        var sources = new List<DatasetSource>();
        while (select.Step())
        {
            var (part, digest) = (select.Text(0)!, select.Text(1)!);
            if (parts.Count == 0 || parts[^1].Part != part)
                parts.Add(new DatasetView(trainingRun, part, digest, (int)select.Number(2), sources = []));
            sources.Add(new DatasetSource(select.Text(3)!, select.Text(4)!, Unpack(select.Blob(5))));
        }

        return parts;
    }

    /// <summary>Newest run first.</summary>
    public static IReadOnlyList<DatasetUse> Uses(SqliteConnection connection, long experienceId)
    {
        using var select = new BoundStatement(
            connection, "SELECT training_run, part, digest, ids FROM dataset WHERE first_id<=?1 AND last_id>=?1 ORDER BY rowid DESC");
        select.Bind(1, experienceId);
        var uses = new List<DatasetUse>();
        while (select.Step())
        {
            if (Unpack(select.Blob(3)).Contains(experienceId)) uses.Add(new DatasetUse(select.Text(0)!, select.Text(1)!, select.Text(2)!));
        }

        return uses;
    }

    private static byte[] Pack(IReadOnlyList<long> ids)
    {
        using var packed = new MemoryStream();
        using var writer = new BinaryWriter(packed);
        long last = 0;
        foreach (var id in ids)
        {
            writer.Write7BitEncodedInt64(id - last);
            last = id;
        }

        writer.Flush();
        return packed.ToArray();
    }

    private static List<long> Unpack(ReadOnlySpan<byte> packed)
    {
        using var reader = new BinaryReader(new MemoryStream(packed.ToArray()));
        var ids = new List<long>();
        for (long id = 0; reader.BaseStream.Position < reader.BaseStream.Length;) ids.Add(id += reader.Read7BitEncodedInt64());
        return ids;
    }
}
