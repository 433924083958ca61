using Hmas.Contracts;
using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Simulation;

/// <summary>A machine that exists in memory, as a live sensor: one run, from start until cancelled.</summary>
/// <param name="runId">Id of the run it starts.</param>
/// <param name="duration">Event time after which the stream ends; null: never.</param>
public sealed class SimulatedMachine(IMachineModel model, string runId, TimeProvider time, TimeSpan? duration = null) : ISensor
{
    public IMachineModel Model => model;

    public IReadOnlyList<SensorChannel> Channels => model.Channels;

    public double RateHz => model.RateHz;

    /// <inheritdoc/>
    public async Task RunAsync(ISampleSink sink, CancellationToken ct)
    {
        var pace = new EventPace(1, time);
        // Event time and pace begin together: a row's timestamp is the moment it is due.
        var startUs = time.GetUtcNow().ToUnixMicroseconds();
        await pace.AdvanceAsync(0, ct).ConfigureAwait(false);
        var values = new float[model.Channels.Count];
        var periodUs = 1e6 / model.RateHz;
        var steps = duration is { } limit ? (long)(limit.TotalSeconds * model.RateHz) : long.MaxValue;
        sink.StartRun(runId, startUs);
        var lastUs = startUs;
        try
        {
            for (var step = 0L; step < steps; step++)
            {
                var nowUs = startUs + (long)(step * periodUs);
                await pace.AdvanceAsync(nowUs - lastUs, ct).ConfigureAwait(false);
                lastUs = nowUs;
                model.Step(values);
                sink.AddRow(nowUs, values);
            }
        }
        finally
        {
            sink.EndRun(lastUs);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
