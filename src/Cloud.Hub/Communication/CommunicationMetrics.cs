using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;

namespace Cloud.Hub.Communication;

/// <summary>Counters of messages between devices and the hub since start.</summary>
internal sealed class CommunicationMetrics
{
    private readonly Counter<long> _batches;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _acknowledgements;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _telemetry;
    private readonly Counter<long> _commands;
    private readonly Counter<long> _storeFailures;
    private readonly Histogram<double> _commit;

    public CommunicationMetrics(IMeterFactory meters)
    {
        var meter = meters.Hub();
        _batches = meter.CreateCounter<long>("hmas.communication.batches", "{batch}", "Fact batches taken");
        _bytes = meter.CreateCounter<long>("hmas.communication.bytes", "By", "Bytes of fact batches taken");
        _acknowledgements = meter.CreateCounter<long>("hmas.communication.acknowledgements", "{message}", "End-to-end acknowledgements sent");
        _rejected = meter.CreateCounter<long>("hmas.communication.rejected", "{message}", "Messages and connections not taken, by reason");
        _telemetry = meter.CreateCounter<long>("hmas.communication.telemetry", "{message}", "Telemetry batches taken");
        _commands = meter.CreateCounter<long>("hmas.communication.commands", "{command}", "Commands sent, by outcome");
        _storeFailures = meter.CreateCounter<long>(
            "hmas.communication.store.failures", "{batch}", "Batches the archive did not take; their devices send them again");
        _commit = meter.CreateHistogram<double>("hmas.communication.commit", "s", "Time from taking a group of batches to its commit");
    }

    public void Batch(int bytes)
    {
        _batches.Add(1);
        _bytes.Add(bytes);
    }

    public void Acknowledged() => _acknowledgements.Add(1);

    public void Rejected(RejectionReason reason) => _rejected.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public void Telemetry() => _telemetry.Add(1);

    public void Command(string outcome) => _commands.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void StoreFailed(int batches) => _storeFailures.Add(batches);

    public void Committed(TimeSpan took) => _commit.Record(took.TotalSeconds);
}
