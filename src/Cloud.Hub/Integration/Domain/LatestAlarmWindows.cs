using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;

namespace Cloud.Hub.Integration.Domain;

/// <summary>The newest alarmed experience of each device, for advice. Bounded; safe from several threads.</summary>
internal sealed class LatestAlarmWindows(int devices)
{
    /// <summary>Experiences of one batch that are looked at, newest first: a busy hub stores thousands a second, a person reads one advice.</summary>
    private const int LookedAt = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ExperienceRecord> _latest = new(StringComparer.Ordinal);

    /// <exception cref="WireFormatException">A stored experience cannot be read.</exception>
    public void Add(FactBatch batch)
    {
        var looked = 0;
        for (var i = batch.Facts.Count - 1; i >= 0 && looked < LookedAt; i--)
        {
            if (batch.Facts[i].Kind != FactKind.Experience) continue;
            looked++;
            var record = ExperienceCodec.Decode(batch.Facts[i].Payload.Span);
            if (!record.IsAlarm) continue;
            Keep(batch.DeviceId, record);
            return;
        }
    }

    public ExperienceRecord? Of(string deviceId)
    {
        lock (_gate) return _latest.GetValueOrDefault(deviceId);
    }

    private void Keep(string deviceId, ExperienceRecord record)
    {
        lock (_gate)
        {
            if (_latest.ContainsKey(deviceId) || _latest.Count < devices) _latest[deviceId] = record;
        }
    }
}
