using Edge.Agent.Settings;
using Edge.Agent.Sync.Outbox;
using Hmas.Contracts.Facts;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Sync;

/// <summary>What is stored together and what at once: a commit costs the same whatever it holds.</summary>
public sealed class OutboxGatheringTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private FactOutbox _outbox = null!;
    private Task _storing = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _outbox = await OpenAsync();
        _storing = _outbox.RunAsync(default);
    }

    public async Task DisposeAsync()
    {
        _outbox.Complete();
        await _storing;
        await _outbox.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Facts_that_can_wait_are_stored_together_a_second_after_the_first()
    {
        var stored = NextStored();
        Add(FactKind.Experience, 1);
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Add(FactKind.Evidence, 2);
        Add(FactKind.SlotReport, 3);
        Assert.False(stored.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(3, await stored.InTimeAsync());
    }

    [Fact]
    public async Task Steps_of_a_slot_wait_three_seconds_and_go_earlier_with_what_is_due_earlier()
    {
        var stored = NextStored();
        Add(FactKind.SlotReport, 1);
        _time.Advance(TimeSpan.FromMilliseconds(2900));
        Add(FactKind.SlotReport, 2);
        Assert.False(stored.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(2, await stored.InTimeAsync());
        await _outbox.StoredAsync(default).InTimeAsync();

        stored = NextStored();
        Add(FactKind.SlotReport, 3);
        Add(FactKind.Experience, 4);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(4, await stored.InTimeAsync());
    }

    [Fact]
    public async Task Much_that_the_hub_holds_leaves_the_disk_within_a_second_without_new_facts()
    {
        for (var i = 1; i <= 64; i++) await StoreAlarmAsync(i);
        _outbox.Acknowledge(new FactAck(_outbox.State.Epoch, 64));
        Assert.Equal(64, _outbox.Read(1, 100, 1 << 20).Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        _outbox.Complete();
        await _storing.InTimeAsync();
        Assert.Empty(_outbox.Read(1, 100, 1 << 20));
    }

    [Fact]
    public async Task Who_waits_for_the_hub_to_hold_everything_does_not_wait_for_this_disk()
    {
        await StoreAlarmAsync(1);
        var drained = _outbox.DrainedAsync(default);
        Assert.False(drained.IsCompleted);
        _outbox.Acknowledge(new FactAck(_outbox.State.Epoch, 1));
        await drained.InTimeAsync();
        Assert.Equal((0, 1), (_outbox.State.Waiting, _outbox.State.TotalAcknowledged));
        Assert.Single(_outbox.Read(1, 10, 1 << 20));
    }

    [Theory]
    [InlineData(FactKind.Alarm)]
    [InlineData(FactKind.Action)]
    public async Task An_alarm_or_an_action_waits_for_nothing_and_takes_along_what_waits(FactKind urgent)
    {
        var stored = NextStored();
        Add(FactKind.Experience, 1);
        Add(urgent, 2);
        Assert.Equal(2, await stored.InTimeAsync());
    }

    [Fact]
    public async Task What_waits_is_stored_when_the_agent_stops()
    {
        Add(FactKind.Experience, 1);
        _outbox.Complete();
        await _storing.InTimeAsync();
        Assert.Equal(1, _outbox.State.Produced);
    }

    [Fact]
    public async Task What_the_hub_holds_counts_at_once_and_leaves_the_disk_with_the_next_facts()
    {
        await StoreAlarmAsync(1);
        var epoch = _outbox.State.Epoch;
        _outbox.Acknowledge(new FactAck(epoch, 1));
        Assert.Equal((1, 0), (_outbox.State.Acknowledged, _outbox.State.Waiting));
        Assert.Single(_outbox.Read(1, 10, 1 << 20));
        await StoreAlarmAsync(2);
        Assert.Equal((1, 2), (_outbox.State.Acknowledged, _outbox.State.Produced));
        Assert.Equal([2], _outbox.Read(1, 10, 1 << 20).Select(static fact => fact.Sequence));
    }

    [Fact]
    public async Task What_the_hub_holds_is_not_numbered_anew_when_an_epoch_begins()
    {
        await StoreAlarmAsync(1);
        await StoreAlarmAsync(2);
        _outbox.Acknowledge(new FactAck(_outbox.State.Epoch, 1));
        await _outbox.RenewEpochAsync(default);
        Assert.Equal(1, _outbox.State.Waiting);
        Assert.Equal([2L], _outbox.Read(1, 10, 1 << 20).Select(static fact => fact.TimestampUs));
    }

    [Fact]
    public async Task An_acknowledgement_of_an_epoch_that_is_over_changes_nothing()
    {
        await StoreAlarmAsync(1);
        var over = _outbox.State.Epoch;
        await _outbox.RenewEpochAsync(default);
        _outbox.Acknowledge(new FactAck(over, 1));
        await StoreAlarmAsync(2);
        Assert.Equal(2, _outbox.State.Waiting);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_sent_at_once_is_offered_with_the_commit_that_stores_it(bool isSending)
    {
        _outbox.SendingThrough = isSending ? 10 : 0;
        await StoreAlarmAsync(1);
        Assert.Equal(isSending ? 1 : 0, _outbox.State.Offered);
    }

    private Task<FactOutbox> OpenAsync() => FactOutbox.OpenAsync(_folder.Path, new OutboxOptions(), _time, NullLogger.Instance, default);

    /// <summary>Returns when it is on disk and the loop waits again: what is acknowledged after that is none of this turn's.</summary>
    private async Task StoreAlarmAsync(long timestampUs)
    {
        Add(FactKind.Alarm, timestampUs);
        await _outbox.StoredAsync(default).InTimeAsync();
    }

    /// <summary>Completes with what has been produced when the next group is on disk; its turn may still take what is added then.</summary>
    private Task<long> NextStored()
    {
        var stored = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnStored()
        {
            _outbox.Stored -= OnStored;
            stored.SetResult(_outbox.State.Produced);
        }

        _outbox.Stored += OnStored;
        return stored.Task;
    }

    private void Add(FactKind kind, long timestampUs) => Assert.True(_outbox.TryAdd(kind, timestampUs, new byte[100]));
}
