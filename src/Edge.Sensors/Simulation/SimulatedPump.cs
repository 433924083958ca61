using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Simulation;

/// <summary>A pump circuit that exists in memory, as a live sensor: one run, from start until cancelled.</summary>
/// <param name="runId">Id of the run it starts.</param>
/// <param name="duration">Event time after which the stream ends; null: never.</param>
public sealed class SimulatedPump(PumpSettings settings, string runId, TimeProvider time, TimeSpan? duration = null) : ISensor
{
    private readonly PumpModel _model = new(settings);

    public IReadOnlyList<SensorChannel> Channels => PumpChannels.All;

    public double RateHz => settings.RateHz;

    /// <summary>What an actuator may turn.</summary>
    public PumpControls Controls => _model.Controls;

    /// <inheritdoc/>
    public async Task RunAsync(ISampleSink sink, CancellationToken ct)
    {
        var startUs = (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        var pace = new ReplayPace(1, time);
        var values = new float[PumpChannels.Count];
        var periodUs = 1e6 / settings.RateHz;
        var steps = duration is { } limit ? (long)(limit.TotalSeconds * settings.RateHz) : long.MaxValue;
        sink.StartRun(runId, startUs);
        var lastUs = startUs;
        try
        {
            for (var step = 0L; step < steps; step++)
            {
                var nowUs = startUs + (long)(step * periodUs);
                await pace.AdvanceAsync(nowUs - lastUs, ct).ConfigureAwait(false);
                lastUs = nowUs;
                _model.Step(values);
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
