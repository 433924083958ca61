namespace Cloud.Hub.Communication.Broker;

/// <summary>A client's stream that ends where a packet begins that is larger than allowed: its reader never makes room for it.</summary>
/// <param name="onTooLarge">Called once, before the stream ends.</param>
internal sealed class MeteredStream(Stream inner, PacketMeter meter, Action onTooLarge) : Stream
{
    private bool _hasEnded;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = _hasEnded ? 0 : await inner.ReadAsync(buffer, cancellationToken);
        return Passed(buffer.Span[..count]);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = _hasEnded ? 0 : inner.Read(buffer, offset, count);
        return Passed(buffer.AsSpan(offset, read));
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int Passed(ReadOnlySpan<byte> read)
    {
        if (_hasEnded || meter.Take(read)) return read.Length;
        _hasEnded = true;
        onTooLarge();
        return 0;
    }
}
