using Edge.Agent.Actions;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;

namespace Edge.Agent.Hosting;

/// <summary>Passes each observation to several sinks, in order.</summary>
internal sealed class ObservationFanOut(params IObservationSink[] sinks) : IObservationSink
{
    public void RunStarted(string runId, long timestampUs)
    {
        foreach (var sink in sinks) sink.RunStarted(runId, timestampUs);
    }

    public void Observe(in Observation observation)
    {
        foreach (var sink in sinks) sink.Observe(observation);
    }

    public void Decided(string runId, ReadOnlySpan<Decision> decisions)
    {
        foreach (var sink in sinks) sink.Decided(runId, decisions);
    }

    public void RunEnded(string runId, long timestampUs, long rows)
    {
        foreach (var sink in sinks) sink.RunEnded(runId, timestampUs, rows);
    }

    public void Acted(ActionResult result)
    {
        foreach (var sink in sinks) sink.Acted(result);
    }
}
