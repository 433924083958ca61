using System.Diagnostics.Metrics;

namespace Cloud.Hub.Feedback;

/// <summary>Counters of the Feedback service since start.</summary>
internal sealed class FeedbackMetrics
{
    private readonly Counter<long> _labels;
    private readonly Counter<long> _windows;

    public FeedbackMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Hmas.Hub");
        _labels = meter.CreateCounter<long>("hmas.feedback.labels", "{label}", "Labels stored, answers to alarms among them");
        _windows = meter.CreateCounter<long>("hmas.feedback.windows", "{window}", "Experience windows with a model's answer joined with labels");
    }

    public void Labels(int count) => _labels.Add(count);

    public void Windows(int count) => _windows.Add(count);
}
