using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Memory;

/// <summary>Counters of the archive since start.</summary>
internal sealed class MemoryMetrics
{
    private readonly Counter<long> _facts;
    private readonly Counter<long> _experiences;
    private readonly Counter<long> _repeats;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _quarantined;
    private readonly Counter<long> _retired;

    public MemoryMetrics(IMeterFactory meters)
    {
        var meter = meters.Hub();
        _facts = meter.CreateCounter<long>("hmas.memory.facts", "{fact}", "Facts committed, experiences among them");
        _experiences = meter.CreateCounter<long>("hmas.memory.experiences", "{experience}", "Experiences committed");
        _repeats = meter.CreateCounter<long>("hmas.memory.repeats", "{fact}", "Facts dropped because they were stored already");
        _gaps = meter.CreateCounter<long>("hmas.memory.gaps", "{fact}", "Facts not stored because one before them is missing");
        _quarantined = meter.CreateCounter<long>("hmas.memory.quarantined", "{record}", "Records whose checksum did not hold when read");
        _retired = meter.CreateCounter<long>("hmas.memory.retired", "{experience}", "Experiences let go to keep the byte bound");
    }

    public void Appended(AppendResult result)
    {
        foreach (var batch in result.Stored)
        {
            _facts.Add(batch.Facts.Count);
            long experiences = 0;
            foreach (var fact in batch.Facts)
            {
                if (fact.Kind == FactKind.Experience) experiences++;
            }

            _experiences.Add(experiences);
        }

        _repeats.Add(result.Repeats);
        _gaps.Add(result.Gaps);
    }

    public void Quarantined(long records) => _quarantined.Add(records);

    public void Retired(long experiences) => _retired.Add(experiences);
}
