using Edge.Sensors;
using Hmas.Contracts.Sensing;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sampling;

/// <summary>Runs the sensor and carries its samples from the queue to the pipeline, batch after batch, on a thread of its own.</summary>
/// <remarks>
/// A sensor that does not answer is logged and tried again; data that cannot be used ends it. The
/// consumer's own errors are logged and counted, and the loop
/// goes on. When samples stay away the consumer hears of the silence, so that rules on stale channels fire without samples.
/// </remarks>
internal sealed partial class SamplingLoop
{
    private const int BatchSize = 1024;

    private readonly ISensor _sensor;
    private readonly SampleQueue _queue;
    private readonly ISampleConsumer _consumer;
    private readonly SamplingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Sample[] _batch = new Sample[BatchSize];
    private long _sensorFailures;
    private long _consumerFailures;

    public SamplingLoop(ISensor sensor, SampleQueue queue, ISampleConsumer consumer, SamplingOptions options, TimeProvider time, ILogger logger)
    {
        options.Validate();
        _sensor = sensor;
        _queue = queue;
        _consumer = consumer;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Times that the sensor did not answer, or that its data could not be used.</summary>
    public long SensorFailures => Interlocked.Read(ref _sensorFailures);

    /// <summary>Batches whose rest was given up because the consumer threw.</summary>
    public long ConsumerFailures => Interlocked.Read(ref _consumerFailures);

    /// <summary>Returns when the sensor's stream has ended and every sample of it is through, or when cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // A thread for the sensor: between two rows that follow closely it waits there, and its first part may be long.
        var sensing = Task.Factory.StartNew(() => SenseAsync(ct), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .Unwrap();
        // What ends the sensing wakes the loop only after the task has its end: an end that came a moment after the last look is not slept over.
        var ending = sensing.ContinueWith(
            static (_, queue) => ((SampleQueue)queue!).Wake(), _queue, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        var timer = _time.CreateTimer(static queue => ((SampleQueue)queue!).Wake(), _queue, _options.SilenceAfter, _options.SilenceAfter);
        await using (timer.ConfigureAwait(false))
        {
            await Task.Factory.StartNew(() => Carry(sensing, ct), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
        }

        await ending.ConfigureAwait(false);
        await sensing.ConfigureAwait(false);
    }

    private void Carry(Task sensing, CancellationToken ct)
    {
        var lastSample = _time.GetTimestamp();
        while (!ct.IsCancellationRequested)
        {
            // Asked before the queue is drained: what was added before the end is then certainly seen.
            var ended = sensing.IsCompleted;
            if (Drain()) lastSample = _time.GetTimestamp();
            if (ended) break;
            var silence = _time.GetElapsedTime(lastSample);
            if (silence >= _options.SilenceAfter) ReportSilence(silence);
            _queue.Wait();
        }
    }

    private async Task SenseAsync(CancellationToken ct)
    {
        try
        {
            while (!ct.IsCancellationRequested)
            {
                if (await TrySenseAsync(ct).ConfigureAwait(false)) return;
                await Task.Delay(_options.RetryAfter, _time, ct).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The agent stops.
        }
    }

    /// <summary>True when nothing is gained by another try.</summary>
    private async Task<bool> TrySenseAsync(CancellationToken ct)
    {
        try
        {
            await _sensor.RunAsync(_queue, ct).ConfigureAwait(false);
            return true;
        }
        catch (SensorDataException e)
        {
            Interlocked.Increment(ref _sensorFailures);
            LogDataUnusable(_logger, e.Message);
            return true;
        }
        catch (Exception e) when (e is SensorException or IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _sensorFailures);
            LogSensorFailed(_logger, _options.RetryAfter, e);
            return false;
        }
    }

    private bool Drain()
    {
        var any = false;
        while (_queue.TryRead(_batch, out var count, out var marker))
        {
            any = true;
            try
            {
                if (count == 0) Mark(marker);
                else _consumer.Add(_batch.AsSpan(0, count));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The one place where an error of the ladder is caught: it must not end sampling.
                Interlocked.Increment(ref _consumerFailures);
                LogConsumerFailed(_logger, e);
            }
        }

        return any;
    }

    private void Mark(RunMarker marker)
    {
        if (marker.RunId is { } runId) _consumer.StartRun(runId, marker.TimestampUs);
        else _consumer.EndRun(marker.TimestampUs);
    }

    private void ReportSilence(TimeSpan silence)
    {
        try
        {
            _consumer.OnSilence(silence);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Interlocked.Increment(ref _consumerFailures);
            LogConsumerFailed(_logger, e);
        }
    }
}
