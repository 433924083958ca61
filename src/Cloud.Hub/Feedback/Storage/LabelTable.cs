using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Feedback.Storage;

/// <summary>Labels in order of arrival.</summary>
internal static class LabelTable
{
    /// <summary>Adds the labels and judges anew the stretches that they touch.</summary>
    public static void Add(SqliteConnection connection, IReadOnlyList<OutcomeLabel> labels)
    {
        using var add = new BoundStatement(
            connection, "INSERT INTO label(device, run, from_us, to_us, label, source, kind) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        using var stretches = new StretchTable(connection);
        foreach (var label in labels)
        {
            add.Bind(1, label.DeviceId).Bind(2, label.RunId).Bind(3, label.FromUs).Bind(4, label.ToUs).Bind(5, label.Label).Bind(6, label.Source)
                .Bind(7, (long)label.Kind).Execute();
            if (label.Kind == LabelKind.Outcome) stretches.Rejudge(label);
        }
    }

    public static List<OutcomeLabel> Read(SqliteConnection connection, string? deviceId, string? runId)
    {
        using var statement = new BoundStatement(connection, """
            SELECT device, run, from_us, to_us, label, source, kind FROM label WHERE (?1 IS NULL OR device=?1) AND (?2 IS NULL OR run IS NULL OR run=?2) ORDER BY id
            """);
        statement.Bind(1, deviceId).Bind(2, runId);
        var labels = new List<OutcomeLabel>();
        while (statement.Step())
        {
            labels.Add(new OutcomeLabel
            {
                DeviceId = statement.Text(0)!,
                RunId = statement.Text(1),
                FromUs = statement.Number(2),
                ToUs = statement.Number(3),
                Label = statement.Text(4)!,
                Source = statement.Text(5)!,
                Kind = (LabelKind)statement.Number(6),
            });
        }

        return labels;
    }
}
