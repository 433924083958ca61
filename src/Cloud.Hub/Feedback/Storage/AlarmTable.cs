using System.Text.Json;
using Cloud.Hub.Feedback.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Feedback.Storage;

/// <summary>Alarms by device and the id they have there: pumps that begin to cavitate in the same second raise alarms of one name. An event may
/// come more than once, and an end without its beginning when that was evicted on the device.</summary>
internal static class AlarmTable
{
    private const string Source = "acknowledgement";

    /// <summary>Takes an event in; gives a label back when the alarm was answered while it still stood
    /// and has now ended later than the answer knew.</summary>
    public static OutcomeLabel? Take(SqliteConnection connection, string site, string device, AlarmEvent alarm)
    {
        using (var add = new BoundStatement(connection, """
            INSERT INTO alarm(alarm_id, site, device, run, raised_us, ended_us, event) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT(alarm_id) DO UPDATE SET
              raised_us=iif(?8, excluded.raised_us, raised_us), event=iif(?8, excluded.event, event), ended_us=iif(?8, ended_us, excluded.ended_us)
            """))
        {
            add.Bind(1, IdOf(device, alarm)).Bind(2, site).Bind(3, device).Bind(4, alarm.RunId).Bind(5, alarm.TimestampUs);
            if (alarm.Raised) add.Bind(6, (string?)null);
            else add.Bind(6, alarm.TimestampUs);
            add.Bind(7, JsonSerializer.Serialize(alarm, ContractsJson.Default.AlarmEvent)).Bind(8, alarm.Raised ? 1 : 0).Execute();
        }

        return alarm.Raised ? null : Extend(connection, IdOf(device, alarm));
    }

    /// <summary>Newest first.</summary>
    public static List<AlarmView> Read(SqliteConnection connection, bool openOnly, int limit)
    {
        using var statement = new BoundStatement(connection, $"""
            SELECT alarm_id, site, device, event, ended_us, label, acknowledged_by FROM alarm {(openOnly ? "WHERE label IS NULL" : "")} ORDER BY id DESC LIMIT ?1
            """);
        statement.Bind(1, limit);
        var alarms = new List<AlarmView>();
        while (statement.Step())
        {
            alarms.Add(new AlarmView
            {
                AlarmId = statement.Text(0)!,
                SiteId = statement.Text(1)!,
                DeviceId = statement.Text(2)!,
                Raised = JsonSerializer.Deserialize(statement.Text(3)!, ContractsJson.Default.AlarmEvent)!,
                EndedUs = statement.IsNull(4) ? null : statement.Number(4),
                Label = statement.Text(5),
                AcknowledgedBy = statement.Text(6),
            });
        }

        return alarms;
    }

    /// <summary>Notes the answer and gives its label: from the moment the alarm was raised to its end, or to the
    /// newest evidence while it stands. Null when there is no such alarm.</summary>
    public static OutcomeLabel? Answer(SqliteConnection connection, string alarmId, string label, string who)
    {
        using var find = new BoundStatement(connection, """
            SELECT device, run, raised_us,
              coalesce(ended_us, (SELECT max(end_us) FROM stretch s WHERE s.device=a.device AND s.run=a.run), raised_us)
            FROM alarm a WHERE alarm_id=?1
            """);
        find.Bind(1, alarmId);
        if (!find.Step()) return null;
        var raisedUs = find.Number(2);
        var answer = new OutcomeLabel
        {
            DeviceId = find.Text(0)!,
            RunId = find.Text(1),
            FromUs = raisedUs,
            ToUs = Math.Max(raisedUs, find.Number(3)),
            Label = label,
            Source = Source,
        };
        find.Reset();
        using var note = new BoundStatement(connection, "UPDATE alarm SET label=?2, acknowledged_by=?3, labelled_to_us=?4 WHERE alarm_id=?1");
        note.Bind(1, alarmId).Bind(2, label).Bind(3, who).Bind(4, answer.ToUs).Execute();
        return answer;
    }

    /// <summary>The alarm's id in the fleet; no device's id has a colon.</summary>
    private static string IdOf(string device, AlarmEvent alarm) => $"{device}:{alarm.AlarmId}";

    private static OutcomeLabel? Extend(SqliteConnection connection, string alarmId)
    {
        using var find = new BoundStatement(connection, """
            UPDATE alarm SET labelled_to_us=ended_us WHERE alarm_id=?1 AND label IS NOT NULL AND ended_us>labelled_to_us RETURNING label, acknowledged_by
            """);
        find.Bind(1, alarmId);
        string? label = null, who = null;
        while (find.Step()) (label, who) = (find.Text(0), find.Text(1));
        return label is null ? null : Answer(connection, alarmId, label, who!);
    }
}
