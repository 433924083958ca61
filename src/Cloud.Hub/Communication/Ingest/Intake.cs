using System.Threading.Channels;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Communication.Ingest;

/// <summary>Decoded batches between the broker and the archive. Full means wait: the writer holds its device's line meanwhile.</summary>
internal sealed class Intake(int capacity)
{
    private readonly Channel<FactBatch> _queue = Channel.CreateBounded<FactBatch>(
        new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    public int Waiting => _queue.Reader.Count;

    public ValueTask PutAsync(FactBatch batch, CancellationToken cancellation) => _queue.Writer.WriteAsync(batch, cancellation);

    /// <summary>Waits for at least one batch and takes up to <paramref name="most"/>. False when the intake was closed and is empty.</summary>
    public async Task<bool> TakeAsync(List<FactBatch> group, int most, CancellationToken cancellation)
    {
        group.Clear();
        if (!await _queue.Reader.WaitToReadAsync(cancellation)) return false;
        while (group.Count < most && _queue.Reader.TryRead(out var batch)) group.Add(batch);
        return true;
    }

    /// <summary>Nothing more comes in; what is inside is still taken.</summary>
    public void Close() => _queue.Writer.TryComplete();
}
