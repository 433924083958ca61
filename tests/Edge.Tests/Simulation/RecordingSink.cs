using System.Threading.Channels;
using Edge.Sensors;
using Hmas.Contracts.Sensing;
using Hmas.Testing;

namespace Edge.Tests.Simulation;

/// <summary>Keeps what a sensor delivers.</summary>
internal sealed class RecordingSink : ISampleSink
{
    public List<Sample> Samples { get; } = [];

    public List<string> Runs { get; } = [];

    public List<(string Run, long FromUs, long ToUs)> Ended { get; } = [];

    private readonly Channel<bool> _arrivals = Channel.CreateUnbounded<bool>();
    private readonly Channel<string> _ends = Channel.CreateUnbounded<string>();
    private long _startedUs;

    /// <summary>Returns when so many more samples have come.</summary>
    public async Task ArrivedAsync(int samples)
    {
        for (var i = 0; i < samples; i++) await _arrivals.Reader.ReadAsync().InTimeAsync();
    }

    /// <summary>Returns the next run that has ended.</summary>
    public Task<string> EndedAsync() => _ends.Reader.ReadAsync().InTimeAsync();

    public void Add(Sample sample)
    {
        Samples.Add(sample);
        _arrivals.Writer.TryWrite(true);
    }

    public void StartRun(string runId, long timestampUs)
    {
        Runs.Add(runId);
        _startedUs = timestampUs;
    }

    public void EndRun(long timestampUs)
    {
        Ended.Add((Runs[^1], _startedUs, timestampUs));
        _ends.Writer.TryWrite(Runs[^1]);
    }
}
