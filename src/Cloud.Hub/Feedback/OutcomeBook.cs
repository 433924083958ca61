using Cloud.Hub.Bus;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Feedback.Domain;
using Cloud.Hub.Feedback.Storage;
using Cloud.Hub.Host;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Feedback;

/// <summary>Labels, alarms and what they say of models, in the embedded store: one file, feedback.db.</summary>
internal sealed class OutcomeBook : IFeedback, IAsyncDisposable
{
    private const string EvidenceReader = "evidence";
    private const string AlarmReader = "alarms";

    private readonly Database _database;
    private readonly EventBus _bus;
    private readonly FeedbackMetrics _metrics;
    private readonly long _maxStretches;

    public OutcomeBook(HubPaths paths, EventBus bus, IOptions<FeedbackOptions> options, FeedbackMetrics metrics, ILogger<OutcomeBook> logger)
    {
        _bus = bus;
        _metrics = metrics;
        _maxStretches = options.Value.MaxStretches;
        _database = Database.Open(paths.Database("feedback"), FeedbackSchema.Migrations, logger: logger);
    }

    public DatabaseHealth Health => _database.Health;

    /// <exception cref="ArgumentException">A label names no device, no truth, or ends before it begins; none is stored.</exception>
    public async Task AddLabelsAsync(IReadOnlyList<OutcomeLabel> labels, CancellationToken cancellation)
    {
        foreach (var label in labels) LabelRules.Require(label);
        if (labels.Count == 0) return;
        await _database.WriteAsync(connection => LabelTable.Add(connection, labels), cancellation);
        Announce(labels);
    }

    public Task<IReadOnlyList<OutcomeLabel>> LabelsAsync(string? deviceId, string? runId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<OutcomeLabel>>(_database.Read(connection => LabelTable.Read(connection, deviceId, runId)));

    public Task<IReadOnlyList<AlarmView>> AlarmsAsync(bool openOnly, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AlarmView>>(_database.Read(connection => AlarmTable.Read(connection, openOnly, Math.Max(0, limit))));

    public async Task<bool> AcknowledgeAsync(string alarmId, string label, string who, CancellationToken cancellation)
    {
        LabelRules.RequireText(label, nameof(label));
        LabelRules.RequireText(who, nameof(who));
        var answer = await _database.WriteAsync(
            connection =>
            {
                var given = AlarmTable.Answer(connection, alarmId, label, who);
                if (given is not null) LabelTable.Add(connection, [given]);
                return given;
            },
            cancellation);
        if (answer is null) return false;
        Announce([answer]);
        return true;
    }

    public Task<IReadOnlyList<ModelQuality>> QualityAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ModelQuality>>(_database.Read(ReadQuality));

    /// <summary>The archive's fact id up to which evidence was taken in.</summary>
    public long EvidencePlace() => _database.Read(static connection => PlaceTable.Read(connection, EvidenceReader));

    public long AlarmPlace() => _database.Read(static connection => PlaceTable.Read(connection, AlarmReader));

    /// <summary>Takes evidence in, in the archive's order.</summary>
    /// <param name="place">The archive's fact id up to which evidence is now known.</param>
    public async Task TakeEvidenceAsync(IReadOnlyList<JudgedStretch> stretches, long place, CancellationToken cancellation)
    {
        await _database.WriteAsync(
            connection =>
            {
                using var table = new StretchTable(connection);
                table.Add(stretches);
                Forget(connection, place);
                PlaceTable.Write(connection, EvidenceReader, place);
            },
            cancellation);
        _metrics.Stretches(stretches.Count);
    }

    /// <summary>Takes alarm events in; a repeat changes nothing.</summary>
    /// <param name="place">The archive's fact id up to which alarms are now known; null for events from the bus.</param>
    public async Task TakeAlarmsAsync(IReadOnlyList<AlarmChanged> events, long? place, CancellationToken cancellation)
    {
        var extended = await _database.WriteAsync(
            connection =>
            {
                var labels = new List<OutcomeLabel>();
                foreach (var happened in events)
                {
                    if (AlarmTable.Take(connection, happened.SiteId, happened.DeviceId, happened.Alarm) is { } label) labels.Add(label);
                }

                if (labels.Count > 0) LabelTable.Add(connection, labels);
                if (place is { } id) PlaceTable.Write(connection, AlarmReader, id);
                return labels;
            },
            cancellation);
        if (extended.Count > 0) Announce(extended);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private void Announce(IReadOnlyList<OutcomeLabel> labels)
    {
        _metrics.Labels(labels.Count);
        _bus.Publish(new LabelsAdded(labels));
    }

    /// <summary>Lets the oldest stretches go; what they counted stays, but a later label no longer reaches them.</summary>
    private void Forget(SqliteConnection connection, long newest)
    {
        using var forget = new BoundStatement(connection, "DELETE FROM stretch WHERE id<=?1");
        forget.Bind(1, newest - _maxStretches).Execute();
    }

    private static List<ModelQuality> ReadQuality(SqliteConnection connection)
    {
        using var statement = new BoundStatement(connection, "SELECT digest, device, tp, fp, tn, fn FROM quality ORDER BY digest, device");
        var found = new List<ModelQuality>();
        while (statement.Step())
        {
            found.Add(
                new ModelQuality(
                    statement.Text(0)!, statement.Text(1)!, statement.Number(2), statement.Number(3), statement.Number(4), statement.Number(5)));
        }

        return found;
    }
}
