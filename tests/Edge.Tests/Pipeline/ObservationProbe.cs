using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;

namespace Edge.Tests.Pipeline;

/// <summary>Keeps what the pipeline tells.</summary>
internal sealed class ObservationProbe : IObservationSink
{
    public List<(string Run, long Frame, long Us, Prediction Prediction, bool IsCalibration, float[] Window)> Frames { get; } = [];

    public List<Decision> Decisions { get; } = [];

    public List<string> Runs { get; } = [];

    public List<(string Run, long Rows)> Ended { get; } = [];

    /// <summary>Counts only: for tests on memory.</summary>
    public bool IsSilent { get; set; }

    public long Count { get; private set; }

    /// <summary>Called within each frame.</summary>
    public Action Observed { get; set; } = static () => { };

    public void RunStarted(string runId, long timestampUs) => Runs.Add(runId);

    public void Observe(in Observation observation)
    {
        Count++;
        Observed();
        if (IsSilent) return;
        Frames.Add(
            (observation.RunId, observation.Frame, observation.TimestampUs, observation.Prediction, observation.IsCalibration,
                observation.DueWindow is { } due ? due.Build().ToArray() : []));
        Decisions.AddRange(observation.Decisions);
    }

    public void Decided(string runId, ReadOnlySpan<Decision> decisions) => Decisions.AddRange(decisions);

    public void RunEnded(string runId, long timestampUs, long rows) => Ended.Add((runId, rows));
}
