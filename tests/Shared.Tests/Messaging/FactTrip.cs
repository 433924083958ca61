using System.Text.Json;
using System.Threading.Channels;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Messaging;

namespace Shared.Tests.Messaging;

/// <summary>The smallest honest device and hub: a numbered outbox behind a send window here, a
/// store that takes the next sequence only there.</summary>
internal sealed class FactTrip(FleetClient hub, FleetClient device, int facts, TimeSpan stopAfter)
{
    private const string Site = "s-1";
    private const string Device = "facts-d1";
    private const int BatchSize = 16;
    private readonly List<long> _stored = [];
    private readonly Channel<long> _progress = Channel.CreateUnbounded<long>();
    private readonly SendWindow _window = new(epoch: 5, acknowledged: 0, size: 128, resendAfter: TimeSpan.FromSeconds(1));

    public IReadOnlyList<long> Stored => _stored;

    public long Acknowledged => _window.Acknowledged;

    public async Task RunAsync()
    {
        using var limit = new CancellationTokenSource(stopAfter);
        var storing = StoreAsync(limit.Token);
        try
        {
            await SendAsync(limit.Token);
            await storing;
        }
        finally
        {
            _progress.Writer.Complete();
        }
    }

    /// <exception cref="ChannelClosedException">The trip has ended before.</exception>
    public async Task StoredAsync(long sequence)
    {
        while (await _progress.Reader.ReadAsync() < sequence)
        {
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (_window.Acknowledged < facts)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = TimeProvider.System.GetElapsedTime(start);
            while (device.Inbound.TryRead(out var message)) Take(message, now);
            _window.ResendIfDue(now);
            if (_window.Room(facts) is > 0 and var room)
            {
                var first = _window.NextSequence;
                var count = Math.Min(room, BatchSize);
                var batch = new FactBatch(
                    Site, Device, _window.Epoch,
                    [.. Enumerable.Range(0, count).Select(i => new Fact(first + i, FactKind.Alarm, first + i, new byte[40]))]);
                if (await TrySendAsync(batch, cancellation)) _window.Sent(first + count - 1, now);
                else _window.GoBack(now);
                continue;
            }

            // An acknowledgement or the resend time, whichever is first.
            using var due = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            due.CancelAfter(_window.DueIn(now) ?? TimeSpan.FromSeconds(1));
            try
            {
                if (!await device.Inbound.WaitToReadAsync(due.Token)) return;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                continue;
            }
        }
    }

    private void Take(InboundMessage message, TimeSpan now) =>
        _window.Acknowledge(JsonSerializer.Deserialize(message.Payload.Span, ContractsJson.Default.FactAck)!, facts, now);

    private async Task<bool> TrySendAsync(FactBatch batch, CancellationToken cancellation)
    {
        try
        {
            await device.PublishAsync(Topics.Facts(Site, Device), FactBatchCodec.Encode(batch), retain: false, TimeSpan.FromSeconds(2), cancellation);
            return true;
        }
        catch (MessagingException failure)
        {
            if (failure.Failure == MessagingFailure.NotConnected) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
            return false;
        }
    }

    private async Task StoreAsync(CancellationToken cancellation)
    {
        var last = 0L;
        while (last < facts)
        {
            var message = await hub.Inbound.ReadAsync(cancellation);
            var batch = FactBatchCodec.Decode(message.Payload.Span, WireLimits.Default);
            foreach (var fact in batch.Facts)
            {
                if (fact.Sequence != last + 1) continue;
                _stored.Add(fact.Sequence);
                last = fact.Sequence;
            }

            _progress.Writer.TryWrite(last);
            await AcknowledgeAsync(new FactAck(batch.Epoch, last), cancellation);
        }
    }

    private async Task AcknowledgeAsync(FactAck ack, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await hub.PublishAsync(
                    Topics.FactAck(Site, Device), JsonSerializer.SerializeToUtf8Bytes(ack, ContractsJson.Default.FactAck), retain: false,
                    TimeSpan.FromSeconds(2), cancellation);
                return;
            }
            catch (MessagingException) when (ack.Sequence == facts)
            {
                // The last one has no later one to stand in for it: said until it is heard.
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
            }
            catch (MessagingException)
            {
                return;
            }
        }
    }
}
