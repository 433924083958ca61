using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;

namespace Cloud.Hub.Feedback;

/// <summary>Counters of the Feedback service since start.</summary>
internal sealed class FeedbackMetrics
{
    private readonly Counter<long> _labels;
    private readonly Counter<long> _stretches;

    public FeedbackMetrics(IMeterFactory meters)
    {
        var meter = meters.Hub();
        _labels = meter.CreateCounter<long>("hmas.feedback.labels", "{label}", "Labels stored, answers to alarms among them");
        _stretches = meter.CreateCounter<long>("hmas.feedback.stretches", "{stretch}", "Stretches of a model's evidence taken in");
    }

    public void Labels(int count) => _labels.Add(count);

    public void Stretches(int count) => _stretches.Add(count);
}
