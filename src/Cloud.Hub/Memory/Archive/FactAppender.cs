using System.Buffers;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Memory.Domain;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Memory.Archive;

/// <summary>Appends batches within the writer's transaction: rows and cursors together, so that a repeat is
/// known for ever. Statements are prepared once per connection.</summary>
/// <remarks>Runs on the writer's thread only, and holds nothing that a rollback would have to undo.</remarks>
internal sealed class FactAppender : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly BoundStatement _findDevice;
    private readonly BoundStatement _addDevice;
    private readonly BoundStatement _moveDevice;
    private readonly BoundStatement _findStream;
    private readonly BoundStatement _addStream;
    private readonly BoundStatement _updateStream;
    private readonly BoundStatement _addExperience;
    private readonly BoundStatement _addPayload;
    private readonly BoundStatement _addFact;
    private readonly BoundStatement _quarantine;

    public FactAppender(SqliteConnection connection)
    {
        _connection = connection;
        _findDevice = new(connection, "SELECT id, site FROM device WHERE name=?1");
        _addDevice = new(connection, "INSERT INTO device(name, site) VALUES(?1, ?2) RETURNING id");
        _moveDevice = new(connection, "UPDATE device SET site=?2 WHERE id=?1");
        _findStream = new(connection, "SELECT id, sequence FROM stream WHERE device_id=?1 AND epoch=?2");
        _addStream = new(connection, "INSERT INTO stream(device_id, epoch) VALUES(?1, ?2) RETURNING id");
        _updateStream = new(connection, """
            UPDATE stream SET sequence=?2, facts=facts+?3, experiences=experiences+?4, repeats=repeats+?5, gaps=gaps+?6, evicted=evicted+?7, malformed=malformed+?8 WHERE id=?1
            """);
        _addExperience = new(connection, """
            INSERT INTO experience(stream_id, device_id, sequence, run, start_us, end_us, reasons, value, bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        _addPayload = new(connection, "INSERT INTO payload(id, body) VALUES(last_insert_rowid(), ?1)");
        _addFact = new(connection, "INSERT INTO fact(stream_id, sequence, kind, time_us, body) VALUES(?1, ?2, ?3, ?4, ?5)");
        _quarantine = new(connection, "INSERT INTO quarantine(stream_id, sequence, kind, found_us, reason, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    }

    public bool Serves(SqliteConnection connection) => ReferenceEquals(connection, _connection);

    public AppendResult Append(IReadOnlyList<FactBatch> batches, long nowUs)
    {
        var acknowledgements = new FactAck[batches.Count];
        var stored = new FactBatch[batches.Count];
        int repeats = 0, gaps = 0;
        for (var i = 0; i < batches.Count; i++)
        {
            var counts = new StreamCounts();
            (acknowledgements[i], stored[i]) = Append(batches[i], nowUs, ref counts);
            repeats += counts.Repeats;
            gaps += counts.Gaps;
        }

        return new AppendResult(acknowledgements, stored, repeats, gaps);
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<BoundStatement>)
            [_findDevice, _addDevice, _moveDevice, _findStream, _addStream, _updateStream, _addExperience, _addPayload, _addFact, _quarantine])
                statement.Dispose();
    }

    private (FactAck Ack, FactBatch Stored) Append(FactBatch batch, long nowUs, ref StreamCounts counts)
    {
        var device = DeviceId(batch);
        var (stream, sequence) = Stream(device, batch.Epoch);
        var cursor = new FactCursor(sequence);
        List<Fact>? kept = null;
        for (var i = 0; i < batch.Facts.Count; i++)
        {
            var fact = batch.Facts[i];
            var verdict = cursor.Take(fact, out var evicted);
            counts.Evicted += evicted;
            if (verdict == FactVerdict.Repeat) counts.Repeats++;
            if (verdict == FactVerdict.Gap) counts.Gaps++;
            var isStored = verdict == FactVerdict.New && TryStore(stream, device, fact, nowUs, ref counts);
            if (isStored)
            {
                kept?.Add(fact);
            }
            else if (kept is null)
            {
                kept = new List<Fact>(batch.Facts.Count);
                for (var before = 0; before < i; before++) kept.Add(batch.Facts[before]);
            }
        }

        _updateStream.Bind(1, stream).Bind(2, cursor.Sequence).Bind(3, counts.Facts).Bind(4, counts.Experiences).Bind(5, counts.Repeats)
            .Bind(6, counts.Gaps)
            .Bind(7, counts.Evicted).Bind(8, counts.Malformed).Execute();
        return (new FactAck(batch.Epoch, cursor.Sequence), kept is null ? batch : batch with { Facts = kept });
    }

    private long DeviceId(FactBatch batch)
    {
        _findDevice.Bind(1, batch.DeviceId);
        if (!_findDevice.Step()) return Insert(_addDevice.Bind(1, batch.DeviceId).Bind(2, batch.SiteId));
        var id = _findDevice.Number(0);
        var isMoved = _findDevice.Text(1) != batch.SiteId;
        _findDevice.Reset();
        if (isMoved) _moveDevice.Bind(1, id).Bind(2, batch.SiteId).Execute();
        return id;
    }

    private (long Id, long Sequence) Stream(long device, long epoch)
    {
        _findStream.Bind(1, device).Bind(2, epoch);
        if (!_findStream.Step()) return (Insert(_addStream.Bind(1, device).Bind(2, epoch)), 0);
        var found = (_findStream.Number(0), _findStream.Number(1));
        _findStream.Reset();
        return found;
    }

    private static long Insert(BoundStatement statement)
    {
        statement.Step();
        var id = statement.Number(0);
        // The row exists once the statement has run to its end.
        while (statement.Step())
        {
        }

        return id;
    }

    /// <summary>False when the payload is not what its kind says: then it is kept in quarantine, and the stream goes on.</summary>
    private bool TryStore(long stream, long device, in Fact fact, long nowUs, ref StreamCounts counts)
    {
        var payload = fact.Payload.Span;
        if (fact.Kind == FactKind.Experience)
        {
            try
            {
                StoreExperience(stream, device, fact.Sequence, payload, ExperienceHeader.Read(payload));
                counts.Experiences++;
            }
            catch (WireFormatException error)
            {
                Quarantine(stream, fact, nowUs, error.Message);
                counts.Malformed++;
                return false;
            }
        }
        else if (fact.Kind == FactKind.Evicted)
        {
            Quarantine(stream, fact, nowUs, "evicted: payload is no positive int32");
            counts.Malformed++;
            return false;
        }
        else
        {
            WithSealed(payload, (this, stream, fact), static (self, body) =>
                self.Item1._addFact.Bind(1, self.stream).Bind(2, self.fact.Sequence).Bind(3, (long)self.fact.Kind).Bind(4, self.fact.TimestampUs)
                    .Bind(5, body).Execute());
        }

        counts.Facts++;
        return true;
    }

    private void StoreExperience(long stream, long device, long sequence, ReadOnlySpan<byte> payload, ExperienceHeader header)
    {
        // A device's value is 0 to 1; NaN would become NULL in SQLite.
        var value = float.IsNaN(header.Value) ? 0 : Math.Clamp(header.Value, 0f, 1f);
        _addExperience.Bind(1, stream).Bind(2, device).Bind(3, sequence).BindUtf8(4, header.RunId).Bind(5, header.StartUs).Bind(6, header.EndUs)
            .Bind(7, (long)header.Reasons)
            .Bind(8, (double)value).Bind(9, payload.Length + CheckedPayload.HeaderBytes).Execute();
        WithSealed(payload, this, static (self, body) => self._addPayload.Bind(1, body).Execute());
    }

    private void Quarantine(long stream, in Fact fact, long nowUs, string reason) =>
        _quarantine.Bind(1, stream).Bind(2, fact.Sequence).Bind(3, (long)fact.Kind).Bind(4, nowUs).Bind(5, reason).Bind(6, fact.Payload.Span)
            .Execute();

    private static void WithSealed<TState>(ReadOnlySpan<byte> payload, TState state, SealedUse<TState> use)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length + CheckedPayload.HeaderBytes);
        try
        {
            use(state, buffer.AsSpan(0, CheckedPayload.Seal(payload, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private delegate void SealedUse<TState>(TState state, ReadOnlySpan<byte> body);
}
