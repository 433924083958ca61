using System.Diagnostics;
using Edge.Sensors;
using Edge.Sensors.Simulation;
using Hmas.Contracts.Sensing;

namespace Edge.Tests.Simulation;

public sealed class SimulatedMachineTests : ISampleSink
{
    private const double RateHz = 100;
    private const int Rows = 20;

    // What the pace saves up for the next row instead of waiting.
    private const double ShortestWaitMs = 1;

    private readonly List<double> _givenMs = [];
    private readonly List<double> _dueMs = [];
    private long _begun;
    private long _firstUs;

    [Fact]
    public async Task No_row_comes_before_the_moment_of_its_timestamp_when_the_kernel_keeps_the_pace()
    {
        var machine = new SimulatedMachine(
            new PumpModel(new PumpSettings { RateHz = RateHz }), "run", TimeProvider.System, TimeSpan.FromSeconds(Rows / RateHz));
        _begun = Stopwatch.GetTimestamp();
        await machine.RunAsync(this, CancellationToken.None);
        Assert.Equal(Rows, _givenMs.Count);
        for (var row = 0; row < Rows; row++)
            Assert.True(_givenMs[row] >= _dueMs[row] - ShortestWaitMs, $"row {row}: due at {_dueMs[row]} ms, given at {_givenMs[row]} ms");
    }

    void ISampleSink.StartRun(string runId, long timestampUs) => _firstUs = timestampUs;

    void ISampleSink.EndRun(long timestampUs)
    {
    }

    void ISampleSink.Add(Sample sample) => throw new InvalidOperationException("rows come whole");

    void ISampleSink.AddRow(long timestampUs, ReadOnlySpan<float> values)
    {
        _givenMs.Add(Stopwatch.GetElapsedTime(_begun).TotalMilliseconds);
        _dueMs.Add((timestampUs - _firstUs) / 1e3);
    }
}
