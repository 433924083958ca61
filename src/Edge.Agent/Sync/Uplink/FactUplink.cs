using System.Collections.Concurrent;
using System.Threading.Channels;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Outbox;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Messaging;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Uplink;

/// <summary>Carries the outbox to the hub in batches, within a bounded window, and lets facts go when the hub says it holds them.</summary>
/// <remarks>One loop owns the window. <see cref="Acknowledge"/> and <see cref="LinkUp"/> may be called from any thread.</remarks>
internal sealed class FactUplink : IDisposable
{
    /// <summary>A batch with at least this many facts goes at once; a smaller one waits for more.</summary>
    private const int FullEnough = 32;

    private const int MaxBatchBytes = 512 << 10;
    private static readonly TimeSpan PublishDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly DeviceOptions _device;
    private readonly HubOptions _options;
    private readonly FactOutbox _outbox;
    private readonly IFleetLink _link;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<FactAck> _acks = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly long _startedAt;
    private SendWindow _window;
    private TimeSpan? _smallBatchSince;

    // The produced sequence from which a batch is full enough while a smaller one waits; 0: every stored fact wakes the loop.
    private long _wakeFrom;
    private TimeSpan _notBefore;
    private int _batchFacts;
    private int _linkUp;
    private long _batches;
    private long _failures;

    public FactUplink(DeviceOptions device, HubOptions options, FactOutbox outbox, IFleetLink link, TimeProvider time, ILogger logger)
    {
        _device = device;
        _options = options;
        _outbox = outbox;
        _link = link;
        _time = time;
        _logger = logger;
        _startedAt = time.GetTimestamp();
        _batchFacts = options.BatchFacts;
        _window = NewWindow();
        _outbox.Stored += OnStored;
    }

    /// <summary>Batches that the broker took.</summary>
    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Batches that it did not take in time.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    private TimeSpan Now => _time.GetElapsedTime(_startedAt);

    /// <summary>The hub's cumulative acknowledgement came.</summary>
    public void Acknowledge(FactAck ack)
    {
        // A hub that floods acknowledgements must not fill the memory: the last one of an epoch says all.
        while (_acks.Count > 1024) _acks.TryDequeue(out _);
        _acks.Enqueue(ack);
        Wake();
    }

    /// <summary>A new link stands: what was on its way may be lost.</summary>
    public void LinkUp()
    {
        Interlocked.Exchange(ref _linkUp, 1);
        Wake();
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            TimeSpan? wait;
            try
            {
                wait = await StepAsync(ct);
            }
            catch (StorageException error)
            {
                _logger.UplinkBlocked(error, error.Reason);
                wait = AfterFailure;
            }

            await WaitAsync(wait, ct);
        }
    }

    public void Dispose() => _outbox.Stored -= OnStored;

    /// <summary>Does what is due and says how long nothing else will be; null: until woken.</summary>
    private async Task<TimeSpan?> StepAsync(CancellationToken ct)
    {
        Interlocked.Exchange(ref _wakeFrom, 0);
        while (_acks.TryDequeue(out var ack)) await TakeAsync(ack, ct);
        if (Interlocked.Exchange(ref _linkUp, 0) == 1) _window.GoBack(Now);
        _outbox.SendingThrough = _link.IsConnected ? _window.NextSequence - 1 + Room(long.MaxValue) : 0;
        if (!_link.IsConnected) return null;
        if (_notBefore > Now) return _notBefore - Now;
        if (_window.ResendIfDue(Now)) _logger.Resending(_window.NextSequence, _outbox.State.Epoch);
        var newest = _outbox.State.Produced;
        var room = Math.Min(Room(newest), _batchFacts);
        if (room == 0) return _window.DueIn(Now);
        if (SmallBatchWait(newest) is { } wait) return wait;
        await SendAsync(room, ct);
        return TimeSpan.Zero;
    }

    /// <summary>The window's, or less where facts are large for the disk's bound.</summary>
    private int Room(long newest) => (int)Math.Clamp(_outbox.MostOffered - _window.Outstanding, 0, _window.Room(newest));

    /// <summary>Whether what there is should wait for more, and how long.</summary>
    private TimeSpan? SmallBatchWait(long newest)
    {
        if (newest - _window.NextSequence + 1 < FullEnough)
        {
            _smallBatchSince ??= Now;
            var left = _smallBatchSince.Value + _options.BatchDelay - Now;
            if (left > TimeSpan.Zero)
            {
                Interlocked.Exchange(ref _wakeFrom, _window.NextSequence + FullEnough - 1);
                return left;
            }
        }

        _smallBatchSince = null;
        return null;
    }

    private async Task SendAsync(int room, CancellationToken ct)
    {
        // Offered first: from here on eviction leaves these sequences alone, so what is read now is what the hub may come to hold.
        await _outbox.OfferAsync(_window.NextSequence + room - 1, ct);
        var facts = _outbox.Read(_window.NextSequence, room, MaxBatchBytes);
        if (facts.Count == 0) return;
        var batch = new FactBatch(_device.Site, _device.Id, _window.Epoch, facts);
        if (await TryPublishAsync(batch, ct)) _window.Sent(batch.LastSequence, Now);
        else if (_window.Outstanding > 0) _window.GoBack(Now);
    }

    private async Task<bool> TryPublishAsync(FactBatch batch, CancellationToken ct)
    {
        try
        {
            await _link.PublishAsync(Topics.Facts(_device.Site, _device.Id), FactBatchCodec.Encode(batch), retain: false, PublishDeadline, ct);
            Interlocked.Increment(ref _batches);
            _batchFacts = Math.Min(_options.BatchFacts, _batchFacts * 2);
            return true;
        }
        catch (MessagingException error)
        {
            Interlocked.Increment(ref _failures);
            _notBefore = Now + AfterFailure;
            if (error.Failure == MessagingFailure.TooLarge) _batchFacts = Math.Max(1, _batchFacts / 2);
            if (error.Failure != MessagingFailure.NotConnected)
                _logger.BatchFailed(batch.FirstSequence, batch.LastSequence, error.Failure, error.Message);
            return false;
        }
    }

    private async Task TakeAsync(FactAck ack, CancellationToken ct)
    {
        switch (_window.Acknowledge(ack, _outbox.State.Produced, Now))
        {
            case SendWindowAck.Advanced:
                _outbox.Acknowledge(new FactAck(_window.Epoch, _window.Acknowledged));
                break;
            case SendWindowAck.Behind:
                await CoverHoleAsync(ack, ct);
                break;
            case SendWindowAck.Unknown:
                _logger.AckUnknown(ack.Sequence, _outbox.State.Produced);
                await _outbox.RenewEpochAsync(ct);
                _window = NewWindow();
                break;
            default:
                break;
        }
    }

    /// <summary>The hub holds less than it once said (restored from a backup): a tombstone stands for what left this disk, or it would wait for
    /// ever. A late repeat of an old acknowledgement costs the same message, which the hub drops.</summary>
    private async Task CoverHoleAsync(FactAck ack, CancellationToken ct)
    {
        var missing = _window.Acknowledged - ack.Sequence;
        if (missing <= 0 || missing > int.MaxValue || !_link.IsConnected) return;
        var tombstone = Fact.Tombstone(ack.Sequence + 1, (int)missing, _time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        if (await TryPublishAsync(new FactBatch(_device.Site, _device.Id, _window.Epoch, [tombstone]), ct))
            _logger.HoleCovered(ack.Sequence + 1, _window.Acknowledged);
        _window.GoBack(Now);
    }

    private SendWindow NewWindow()
    {
        var state = _outbox.State;
        return new SendWindow(state.Epoch, state.Acknowledged, _options.WindowFacts, _options.ResendAfter);
    }

    private void OnStored()
    {
        // While a small batch waits for more, the loop sleeps out its delay: a wake per fact is most
        // of what the uplink costs at a few facts a second.
        if (_outbox.State.Produced >= Interlocked.Read(ref _wakeFrom)) Wake();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task WaitAsync(TimeSpan? wait, CancellationToken ct)
    {
        if (wait == TimeSpan.Zero)
        {
            ct.ThrowIfCancellationRequested();
            return;
        }

        try
        {
            // A wait that timed out is left behind; it takes nothing from the channel, so the next one still sees the wake.
            var woken = _wake.Reader.WaitToReadAsync(ct).AsTask();
            if (wait is { } limit) await woken.WaitAsync(limit, _time, ct);
            else await woken;
            _wake.Reader.TryRead(out _);
        }
        catch (TimeoutException)
        {
            // What was waited for is due.
        }
    }
}
