using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;

namespace Hmas.Trust.UpdateFramework.Client;

/// <summary>Downloads that end: each has a byte cap and a deadline that only arriving bytes move.</summary>
public sealed class HttpFetcher : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly HttpClient _http;
    private readonly UpdateLimits _limits;
    private readonly TimeProvider _time;

    /// <param name="credentials">Sent with every request, and never after a redirect; null: none.</param>
    /// <param name="tls">Whom to trust; null: the machine's own authorities.</param>
    public HttpFetcher(
        UpdateLimits limits, TimeProvider time, AuthenticationHeaderValue? credentials = null, SslClientAuthenticationOptions? tls = null)
    {
        _limits = limits;
        _time = time;
        var handler = new SocketsHttpHandler
        {
            Proxy = new ProxyBeyondLoopback(HttpClient.DefaultProxy), MaxAutomaticRedirections = 5, UseCookies = false,
        };
        if (tls is not null) handler.SslOptions = tls;
        // Each download has its own deadline.
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = credentials;
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="UpdateException"><see cref="UpdateReason.NotFound"/> (403 and 404: object stores answer either),
    /// <see cref="UpdateReason.TooLarge"/>, <see cref="UpdateReason.TooSlow"/>, <see cref="UpdateReason.Unreachable"/>.</exception>
    public async Task<byte[]> ReadAsync(Uri url, long maxBytes, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        await CopyAsync(url, maxBytes, body, cancellation);
        return body.ToArray();
    }

    /// <summary>Writes the body to a stream, at most <paramref name="maxBytes"/> of it.</summary>
    /// <exception cref="UpdateException">As <see cref="ReadAsync"/>; some bytes may have been written.</exception>
    public async Task CopyAsync(Uri url, long maxBytes, Stream destination, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using var deadline = new CancellationTokenSource(_limits.Grace, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            using var answer = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, either.Token);
            RequireFound(answer, url);
            if (answer.Content.Headers.ContentLength > maxBytes) throw TooLarge(url, maxBytes);
            await using var body = await answer.Content.ReadAsStreamAsync(either.Token);
            await CopyAsync(url, body, maxBytes, destination, deadline, either.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new UpdateException(UpdateReason.TooSlow, $"{url}: below {_limits.MinBytesPerSecond} bytes a second", e);
        }
        catch (HttpRequestException e)
        {
            throw new UpdateException(UpdateReason.Unreachable, $"{url}: {e.Message}", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task CopyAsync(
        Uri url, Stream body, long maxBytes, Stream destination, CancellationTokenSource deadline, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (long received = 0; ;)
            {
                var count = await ReadChunkAsync(url, body, buffer, cancellation);
                if (count == 0) return;
                received += count;
                if (received > maxBytes) throw TooLarge(url, maxBytes);
                await destination.WriteAsync(buffer.AsMemory(0, count), cancellation);
                var allowed = _limits.Grace + TimeSpan.FromSeconds((double)received / _limits.MinBytesPerSecond);
                var left = allowed - _time.GetElapsedTime(began);
                deadline.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReadChunkAsync(Uri url, Stream body, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellation);
        }
        catch (IOException e)
        {
            throw new UpdateException(UpdateReason.Unreachable, $"{url}: {e.Message}", e);
        }
    }

    private static void RequireFound(HttpResponseMessage answer, Uri url)
    {
        if (answer.IsSuccessStatusCode) return;
        var reason = answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden ? UpdateReason.NotFound : UpdateReason.Unreachable;
        throw new UpdateException(reason, $"{url}: {(int)answer.StatusCode} {answer.ReasonPhrase}");
    }

    private static UpdateException TooLarge(Uri url, long maxBytes) => new(UpdateReason.TooLarge, $"{url}: more than {maxBytes} bytes");
}
