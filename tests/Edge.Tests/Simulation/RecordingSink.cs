using Edge.Sensors;
using Hmas.Contracts.Sensing;

namespace Edge.Tests.Simulation;

/// <summary>Keeps what a sensor delivers.</summary>
internal sealed class RecordingSink : ISampleSink
{
    public List<Sample> Samples { get; } = [];

    public List<string> Runs { get; } = [];

    public List<(string Run, long FromUs, long ToUs)> Ended { get; } = [];

    private long _startedUs;

    public void Add(Sample sample) => Samples.Add(sample);

    public void StartRun(string runId, long timestampUs)
    {
        Runs.Add(runId);
        _startedUs = timestampUs;
    }

    public void EndRun(long timestampUs) => Ended.Add((Runs[^1], _startedUs, timestampUs));
}
