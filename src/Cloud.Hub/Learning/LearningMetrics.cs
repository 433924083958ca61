using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;

namespace Cloud.Hub.Learning;

/// <summary>Counters of the Learning service since start.</summary>
internal sealed class LearningMetrics
{
    private readonly Counter<long> _runs;
    private readonly Counter<long> _windows;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _updates;

    public LearningMetrics(IMeterFactory meters)
    {
        var meter = meters.Hub();
        _runs = meter.CreateCounter<long>("hmas.learning.runs", "{run}", "Training runs ended, by state");
        _windows = meter.CreateCounter<long>("hmas.learning.windows", "{window}", "Windows of the training sets");
        _updates = meter.CreateCounter<long>(
            "hmas.learning.federated.updates", "{update}", "Heads that devices tuned and sent back, by outcome; no answer counts as refused");
        _duration = meter.CreateHistogram<double>("hmas.learning.run.duration", "s", "From a run's begin to its end, waiting left out");
    }

    public void FederatedUpdates(int accepted, int refused)
    {
        _updates.Add(accepted, new KeyValuePair<string, object?>("outcome", "accepted"));
        _updates.Add(refused, new KeyValuePair<string, object?>("outcome", "refused"));
    }

    public void Ended(string state, int windows, TimeSpan took)
    {
        var tag = new KeyValuePair<string, object?>("state", state);
        _runs.Add(1, tag);
        _windows.Add(windows);
        _duration.Record(took.TotalSeconds, tag);
    }
}
