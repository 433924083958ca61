using Cloud.Hub.Bus;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Integration.Domain;

/// <summary>What of the bus a person's screen can use: steady streams are cut to one message per device and
/// interval, everything else passes. One per client, one thread.</summary>
/// <remarks>Telemetry points of a batch that was held back travel with the next one, thinned evenly; a
/// point where the alarm begins or ends is always among them.</remarks>
internal sealed class EventThinner(TimeSpan interval)
{
    public const int MaxPoints = 40;

    private readonly Dictionary<(Type Kind, string DeviceId), DateTimeOffset> _passed = [];
    private readonly Dictionary<string, TelemetryBatch> _held = new(StringComparer.Ordinal);

    /// <summary>The event to send now, or null.</summary>
    public HubEvent? Pass(HubEvent happened, DateTimeOffset now) => happened switch
    {
        TelemetryReceived telemetry => Pass(telemetry, now),
        FactsStored stored => IsDue(happened, stored.Batch.DeviceId, now, 5) ? happened : null,
        ReportedStateChanged reported => IsDue(happened, reported.DeviceId, now, 1) ? happened : null,
        _ => happened,
    };

    /// <summary>At most <paramref name="most"/> of the points: the last, each change of the alarm, and an even choice of the others.</summary>
    public static IReadOnlyList<TelemetryPoint> Thin(IReadOnlyList<TelemetryPoint> points, int most)
    {
        if (points.Count <= most) return points;
        var step = (points.Count + most - 1) / most;
        var kept = new List<TelemetryPoint>(most + 8);
        for (var i = 0; i < points.Count; i++)
        {
            var isChange = i > 0 && points[i].Alarm != points[i - 1].Alarm;
            if ((points.Count - 1 - i) % step == 0 || isChange) kept.Add(points[i]);
        }

        return kept;
    }

    private TelemetryReceived? Pass(TelemetryReceived telemetry, DateTimeOffset now)
    {
        var batch = telemetry.Batch;
        if (_held.Remove(telemetry.DeviceId, out var held) && held.RunId == batch.RunId)
            batch = new TelemetryBatch(batch.RunId, [.. held.Points, .. batch.Points]);
        batch = new TelemetryBatch(batch.RunId, Thin(batch.Points, MaxPoints));
        if (IsDue(telemetry, telemetry.DeviceId, now, 1)) return telemetry with { Batch = batch };
        _held[telemetry.DeviceId] = batch;
        return null;
    }

    private bool IsDue(HubEvent happened, string deviceId, DateTimeOffset now, int intervals)
    {
        var key = (happened.GetType(), deviceId);
        if (_passed.TryGetValue(key, out var last) && now - last < interval * intervals) return false;
        _passed[key] = now;
        return true;
    }
}
