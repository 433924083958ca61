using Edge.Agent.Sampling;
using Edge.Sensors;
using Hmas.Contracts.Sensing;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Sampling;

public sealed class SamplingLoopTests
{
    private readonly WatchedClock _time = new();
    // A shorter wait than that for silence, so that the clock tells the two apart.
    private readonly SamplingOptions _options = new() { RetryAfter = TimeSpan.FromMilliseconds(500) };

    [Fact]
    public async Task Every_sample_and_marker_is_through_when_the_stream_has_ended()
    {
        var consumer = new Consumer();
        var loop = Loop(new ScriptedSensor(sink =>
        {
            sink.StartRun("r", 0);
            for (var i = 0; i < 3000; i++) sink.Add(new Sample(0, i, i));
            sink.EndRun(3000);
        }), consumer);
        await loop.RunAsync(CancellationToken.None);
        Assert.Equal((3000, 1, 1), (consumer.Samples, consumer.Starts, consumer.Ends));
    }

    [Fact]
    public async Task A_sensor_that_does_not_answer_is_tried_again()
    {
        var tries = 0;
        var loop = Loop(new ScriptedSensor(sink =>
        {
            if (++tries > 1) return;
            throw new SensorException("bus error");
        }), new Consumer());
        var running = loop.RunAsync(CancellationToken.None);
        _time.Advance(await _time.WaitBegunAsync(_options.RetryAfter).InTimeAsync());
        await running.InTimeAsync();
        Assert.Equal((2, 1), (tries, loop.SensorFailures));
    }

    [Fact]
    public async Task Unusable_data_ends_the_stream_without_a_crash()
    {
        var loop = Loop(new ScriptedSensor(_ => throw new SensorDataException(SensorDataFault.Empty, "a.csv", 0, null, "no rows")), new Consumer());
        await loop.RunAsync(CancellationToken.None);
        Assert.Equal(1, loop.SensorFailures);
    }

    [Fact]
    public async Task An_error_of_the_ladder_is_counted_and_sampling_goes_on()
    {
        var consumer = new Consumer { ThrowOnFirst = true };
        var loop = Loop(new ScriptedSensor(sink =>
        {
            sink.Add(default);
            sink.StartRun("r", 0);
            sink.Add(default);
        }), consumer);
        await loop.RunAsync(CancellationToken.None);
        Assert.Equal((1, 1), (loop.ConsumerFailures, consumer.Samples));
    }

    [Fact]
    public async Task The_consumer_hears_of_silence()
    {
        var consumer = new Consumer();
        using var stop = new CancellationTokenSource();
        var loop = Loop(new ScriptedSensor(_ => { }, untilCancelled: true), consumer);
        var running = loop.RunAsync(stop.Token);
        // From this moment on the loop counts the silence.
        await _time.Read.InTimeAsync();
        _time.Advance(_options.SilenceAfter);
        Assert.Equal(_options.SilenceAfter, await consumer.Silence.InTimeAsync());
        await stop.CancelAsync();
        await running;
    }

    private SamplingLoop Loop(ISensor sensor, ISampleConsumer consumer) =>
        new(sensor, new SampleQueue(8192), consumer, _options, _time, NullLogger.Instance);

    private sealed class ScriptedSensor(Action<ISampleSink> script, bool untilCancelled = false) : ISensor
    {
        public IReadOnlyList<SensorChannel> Channels { get; } = [new("a")];

        public double RateHz => 1;

        public async Task RunAsync(ISampleSink sink, CancellationToken ct)
        {
            script(sink);
            if (!untilCancelled) return;
            var stopped = new TaskCompletionSource();
            await using var registration = ct.Register(() => stopped.SetCanceled(ct));
            await stopped.Task;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Consumer : ISampleConsumer
    {
        public bool ThrowOnFirst { get; init; }

        public int Samples { get; private set; }

        public int Starts { get; private set; }

        public int Ends { get; private set; }

        /// <summary>The first that it heard of.</summary>
        public Task<TimeSpan> Silence => _silence.Task;

        private readonly TaskCompletionSource<TimeSpan> _silence = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _threw;

        public void Add(ReadOnlySpan<Sample> samples)
        {
            if (ThrowOnFirst && !_threw)
            {
                _threw = true;
                throw new InvalidOperationException("broken rung");
            }

            Samples += samples.Length;
        }

        public void StartRun(string runId, long timestampUs) => Starts++;

        public void EndRun(long timestampUs) => Ends++;

        public void OnSilence(TimeSpan sinceLastSample) => _silence.TrySetResult(sinceLastSample);
    }
}
