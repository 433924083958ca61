using Edge.Agent.Actions;
using Edge.Agent.Reasoning;

namespace Edge.Agent.Pipeline;

/// <summary>What remembers and tells: experience, telemetry, evidence, decision log. Each takes the
/// calls that it has a use for; the others do nothing.</summary>
internal interface IObservationSink
{
    /// <summary>On the pipeline's thread, as the four below: must neither block nor throw.</summary>
    void RunStarted(string runId, long timestampUs)
    {
    }

    /// <summary>Once per frame, in event-time order within a run.</summary>
    void Observe(in Observation observation);

    /// <summary>Rules changed without a frame: the stream fell silent, or the run ended.</summary>
    void Decided(string runId, ReadOnlySpan<Decision> decisions)
    {
    }

    /// <param name="rows">Frames of the run.</param>
    void RunEnded(string runId, long timestampUs, long rows)
    {
    }

    /// <summary>On the dispatcher's thread.</summary>
    void Acted(ActionResult result)
    {
    }
}
