using Hmas.Contracts.Sensing;

namespace Edge.Sensors;

/// <summary>Where a sensor leaves its samples. No call ever blocks or throws; called by one sensor at a time.</summary>
public interface ISampleSink
{
    void Add(Sample sample);

    /// <summary>An uninterrupted operation of the machine begins; a run still open ends here.</summary>
    void StartRun(string runId, long timestampUs);

    void EndRun(long timestampUs);
}
