using Hmas.Contracts.Sensing;

namespace Edge.Sensors;

/// <summary>Where a sensor leaves its samples. No call ever blocks or throws; called by one sensor at a time.</summary>
public interface ISampleSink
{
    void Add(Sample sample);

    /// <summary>One sample of each channel, taken at the same time; a sink that wakes somebody does so once a row.</summary>
    /// <param name="values">In channel order; NaN where the channel did not answer. Not kept.</param>
    void AddRow(long timestampUs, ReadOnlySpan<float> values)
    {
        for (var channel = 0; channel < values.Length; channel++) Add(new Sample((ushort)channel, timestampUs, values[channel]));
    }

    /// <summary>An uninterrupted operation of the machine begins; a run still open ends here.</summary>
    void StartRun(string runId, long timestampUs);

    void EndRun(long timestampUs);
}
