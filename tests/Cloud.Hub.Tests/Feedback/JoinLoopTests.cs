using System.Diagnostics.Metrics;
using System.Text.Json;
using Cloud.Hub.Bus;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Feedback;

public sealed class JoinLoopTests : IAsyncLifetime
{
    private readonly FeedbackFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task What_happened_before_the_start_is_taken_in_and_then_what_the_bus_tells()
    {
        var alarm = OutcomeBookTests.Alarm("a1", raised: true, 5);
        await _fixture.StoreAsync(FactKind.Alarm, JsonSerializer.SerializeToUtf8Bytes(alarm.Alarm, ContractsJson.Default.AlarmEvent));
        await _fixture.StoreAsync(OutcomeBookTests.Window(1, true), OutcomeBookTests.Window(2, true));
        using var windows = new CounterProbe(_fixture.Meters, "hmas.feedback.stretches");
        await _fixture.Loop.StartAsync(default);
        await windows.ReachAsync(2);
        var batch = await _fixture.StoreAsync(OutcomeBookTests.Window(3, true));
        _fixture.Bus.Publish(new EvidenceReported("site-1", "pump-1", OutcomeBookTests.Window(3, true)));
        await windows.ReachAsync(3);
        await _fixture.Loop.StopAsync(default);
        Assert.Equal(4, batch.Facts[^1].Sequence);
        Assert.Equal("pump-1:a1", Assert.Single(await _fixture.Book.AlarmsAsync(true, 10, default)).AlarmId);
    }

    [Fact]
    public async Task What_the_bus_dropped_is_found_at_the_next_interval()
    {
        using var windows = new CounterProbe(_fixture.Meters, "hmas.feedback.stretches");
        await _fixture.StoreAsync(OutcomeBookTests.Window(1, true));
        await _fixture.Loop.StartAsync(default);
        await windows.ReachAsync(1);
        await _fixture.StoreAsync(OutcomeBookTests.Window(2, true));
        _fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await windows.ReachAsync(2);
        await _fixture.Loop.StopAsync(default);
    }

    [Fact]
    public async Task An_alarm_from_the_bus_and_again_from_the_archive_is_one_alarm()
    {
        var alarm = OutcomeBookTests.Alarm("a1", raised: true, 5);
        await _fixture.Book.TakeAlarmsAsync([alarm], null, default);
        await _fixture.Book.TakeAlarmsAsync([OutcomeBookTests.Alarm("a1", raised: false, 9)], null, default);
        await _fixture.Book.TakeAlarmsAsync([alarm], 1, default);
        var view = Assert.Single(await _fixture.Book.AlarmsAsync(false, 10, default));
        Assert.Equal((true, 9L), (view.Raised.Raised, view.EndedUs));
        Assert.Equal(1, _fixture.Book.AlarmPlace());
    }

    /// <summary>Waits until a counter of these meters, and of no other scene in this process, has grown to a total.</summary>
    private sealed class CounterProbe : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly SemaphoreSlim _changed = new(0);
        private long _total;

        public CounterProbe(IMeterFactory meters, string name)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == name && ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, _, _) =>
            {
                Interlocked.Add(ref _total, value);
                _changed.Release();
            });
            _listener.Start();
        }

        public async Task ReachAsync(long total)
        {
            using var limit = new CancellationTokenSource(Eventually.Limit);
            while (Interlocked.Read(ref _total) < total) await _changed.WaitAsync(limit.Token);
        }

        public void Dispose()
        {
            _listener.Dispose();
            _changed.Dispose();
        }
    }
}
