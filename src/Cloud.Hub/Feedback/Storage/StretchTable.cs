using System.Runtime.InteropServices;
using Cloud.Hub.Feedback.Domain;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Feedback.Storage;

/// <summary>Stretches with their truth, and the confusion counts that follow from them; every change
/// of one changes the other in the same transaction.</summary>
internal sealed class StretchTable(SqliteConnection connection) : IDisposable
{
    private readonly BoundStatement _labels = new(connection, """
        SELECT from_us, to_us, label FROM label
        WHERE device=?1 AND (run IS NULL OR run=?2) AND to_us>=?3 AND from_us<=?4 AND kind=0 ORDER BY id
        """);

    private readonly BoundStatement _add = new(connection, """
        INSERT OR IGNORE INTO stretch(id, device, run, start_us, end_us, digest, alarmed, quiet, truth) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING 1
        """);

    private readonly BoundStatement _touched = new(connection, """
        SELECT id, run, start_us, end_us, digest, alarmed, quiet, truth FROM stretch WHERE device=?1 AND end_us>=?2 AND start_us<=?3
        """);

    private readonly BoundStatement _setTruth = new(connection, "UPDATE stretch SET truth=?2 WHERE id=?1");

    private readonly BoundStatement _count = new(connection, """
        INSERT INTO quality(digest, device, tp, fp, tn, fn) VALUES(?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET tp=tp+?3, fp=fp+?4, tn=tn+?5, fn=fn+?6
        """);

    private readonly Dictionary<(string Digest, string Device), QualityCounts> _changes = [];
    private readonly List<LabelSpan> _spans = [];

    /// <summary>Adds stretches that are not known yet, judged by the labels that are there.</summary>
    public void Add(IReadOnlyList<JudgedStretch> stretches)
    {
        foreach (var stretch in stretches)
        {
            var truth = Judge(stretch.DeviceId, stretch.RunId, stretch.StartUs, stretch.EndUs);
            _add.Bind(1, stretch.Id).Bind(2, stretch.DeviceId).Bind(3, stretch.RunId).Bind(4, stretch.StartUs).Bind(5, stretch.EndUs)
                .Bind(6, stretch.Digest)
                .Bind(7, stretch.Alarmed).Bind(8, stretch.Quiet).Bind(9, (long)truth);
            var isNew = false;
            while (_add.Step()) isNew = true;
            if (isNew) Change(stretch.Digest, stretch.DeviceId, truth, stretch.Alarmed, stretch.Quiet, 1);
        }

        WriteChanges();
    }

    /// <summary>Judges anew what a label touches; the label is in its table already.</summary>
    public void Rejudge(OutcomeLabel label)
    {
        var touched = new List<(long Id, string Run, long Start, long End, string Digest, long Alarmed, long Quiet, Truth Truth)>();
        _touched.Bind(1, label.DeviceId).Bind(2, label.FromUs).Bind(3, label.ToUs);
        while (_touched.Step())
        {
            touched.Add(
                (_touched.Number(0), _touched.Text(1)!, _touched.Number(2), _touched.Number(3), _touched.Text(4)!, _touched.Number(5),
                    _touched.Number(6), (Truth)_touched.Number(7)));
        }

        foreach (var stretch in touched)
        {
            var truth = Judge(label.DeviceId, stretch.Run, stretch.Start, stretch.End);
            if (truth == stretch.Truth) continue;
            _setTruth.Bind(1, stretch.Id).Bind(2, (long)truth).Execute();
            Change(stretch.Digest, label.DeviceId, stretch.Truth, stretch.Alarmed, stretch.Quiet, -1);
            Change(stretch.Digest, label.DeviceId, truth, stretch.Alarmed, stretch.Quiet, 1);
        }

        WriteChanges();
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<BoundStatement>)[_labels, _add, _touched, _setTruth, _count]) statement.Dispose();
    }

    private Truth Judge(string device, string run, long startUs, long endUs)
    {
        _spans.Clear();
        _labels.Bind(1, device).Bind(2, run).Bind(3, startUs).Bind(4, endUs);
        while (_labels.Step()) _spans.Add(new LabelSpan(_labels.Number(0), _labels.Number(1), _labels.Text(2) != "normal"));
        return TruthOfWindow.Judge(startUs, endUs, _spans);
    }

    private void Change(string digest, string device, Truth truth, long alarmed, long quiet, int by) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_changes, (digest, device), out _).Count(truth, by * alarmed, by * quiet);

    private void WriteChanges()
    {
        foreach (var ((digest, device), counts) in _changes)
        {
            if (counts != default)
                _count.Bind(1, digest).Bind(2, device).Bind(3, counts.TruePositives).Bind(4, counts.FalsePositives).Bind(5, counts.TrueNegatives)
                    .Bind(6, counts.FalseNegatives).Execute();
        }

        _changes.Clear();
    }
}
