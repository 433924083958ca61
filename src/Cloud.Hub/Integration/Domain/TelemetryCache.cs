using Hmas.Contracts.Twins;

namespace Cloud.Hub.Integration.Domain;

/// <summary>The newest points of each device's current run; bounded in devices and points. Safe from several threads.</summary>
/// <param name="points">Kept per device.</param>
/// <param name="devices">Kept; past it the one silent longest is forgotten.</param>
internal sealed class TelemetryCache(int points, int devices)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _silentLongestFirst = [];

    /// <summary>Adds a batch. Another run than the last one's begins anew; a point not newer than the last is left out.</summary>
    public void Add(string deviceId, TelemetryBatch batch)
    {
        lock (_gate)
        {
            var entry = Touch(deviceId);
            if (entry.RunId != batch.RunId)
            {
                entry.RunId = batch.RunId;
                entry.Points.Clear();
                entry.LastUs = long.MinValue;
            }

            foreach (var point in batch.Points)
            {
                if (point.TimestampUs <= entry.LastUs) continue;
                if (entry.Points.Count == points) entry.Points.Dequeue();
                entry.Points.Enqueue(point);
                entry.LastUs = point.TimestampUs;
            }
        }
    }

    /// <summary>At most <paramref name="limit"/> newest points; no run and no points when nothing was heard.</summary>
    public (string? RunId, IReadOnlyList<TelemetryPoint> Points) Newest(string deviceId, int limit)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(deviceId, out var entry) ? (entry.RunId, [.. entry.Points.Skip(entry.Points.Count - limit)]) : (null, []);
        }
    }

    private Entry Touch(string deviceId)
    {
        if (_entries.TryGetValue(deviceId, out var entry))
        {
            _silentLongestFirst.Remove(entry.Place);
            _silentLongestFirst.AddLast(entry.Place);
            return entry;
        }

        if (_entries.Count == devices)
        {
            _entries.Remove(_silentLongestFirst.First!.Value);
            _silentLongestFirst.RemoveFirst();
        }

        return _entries[deviceId] = new Entry(_silentLongestFirst.AddLast(deviceId));
    }

    private sealed class Entry(LinkedListNode<string> place)
    {
        public LinkedListNode<string> Place { get; } = place;

        public string? RunId { get; set; }

        public long LastUs { get; set; } = long.MinValue;

        public Queue<TelemetryPoint> Points { get; } = new();
    }
}
