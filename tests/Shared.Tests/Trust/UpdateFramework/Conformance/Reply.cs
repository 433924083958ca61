namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>What <see cref="LoopbackServer"/> answers.</summary>
/// <param name="StatedLength">Content-Length; null: none, the end of the connection ends the body.</param>
/// <param name="WriteAsync">Writes the body.</param>
public sealed record Reply(int Status, long? StatedLength, Func<Stream, CancellationToken, Task> WriteAsync)
{
    public static Reply NotFound { get; } = Of(404, []);

    public static Reply Of(byte[]? body) => body is null ? NotFound : Of(200, body);

    public static Reply Of(int status, byte[] body) =>
        new(status, body.Length, (stream, cancellation) => stream.WriteAsync(body, cancellation).AsTask());

    /// <summary>The body, and then bytes without end, under no stated length.</summary>
    public static Reply Endless(byte[] begin) => new(200, null, async (stream, cancellation) =>
    {
        await stream.WriteAsync(begin, cancellation);
        var noise = new byte[64 * 1024];
        while (true) await stream.WriteAsync(noise, cancellation);
    });

    /// <summary>The body, and then silence on an open connection.</summary>
    public static Reply Stalled(byte[] begin, long statedLength, Action stalled) => new(200, statedLength, async (stream, cancellation) =>
    {
        await stream.WriteAsync(begin, cancellation);
        stalled();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
    });
}
