using System.Net;
using System.Net.Http.Headers;
using Edge.Agent.Models;
using Edge.Agent.Settings;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Fetches packages over HTTP: https, or http on loopback; broken downloads go on where
/// they stopped, within one time limit for the whole.</summary>
/// <remarks>The size is capped by the assignment's <see cref="ModelAssignment.PackageBytes"/>: a server that sends more is cut off there.</remarks>
internal sealed class HttpModelSource : IModelSource, IDisposable
{
    public static readonly BackoffSettings Waits = new() { Initial = TimeSpan.FromMilliseconds(500), Cap = TimeSpan.FromSeconds(30) };

    private readonly HttpClient _http;
    private readonly Uri? _base;
    private readonly ModelOptions _options;
    private readonly DailyWindow? _window;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="deviceId">User name of basic authentication, with <paramref name="password"/>;
    /// sent to the configured artefact address only.</param>
    public HttpModelSource(
        string? artefacts, string deviceId, string? password, ModelOptions options, HttpMessageHandler handler, TimeProvider time, ILogger logger)
    {
        _base = artefacts is null ? null : new Uri(artefacts.EndsWith('/') ? artefacts : artefacts + "/");
        _options = options;
        _window = options.DownloadWindow is { } window ? DailyWindow.TryParse(window) : null;
        _time = time;
        _logger = logger;
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        Credentials = HubCredentials.Of(deviceId, password);
    }

    private AuthenticationHeaderValue? Credentials { get; }

    public async Task<bool> FetchAsync(ModelAssignment assignment, Stream part, CancellationToken ct)
    {
        var isWhole = part.Length == 0;
        var address = AddressOf(assignment);
        if (assignment.PackageBytes <= 0 || assignment.PackageBytes > _options.MaxPackageBytes)
            throw new ModelRefusal("download", $"package of {assignment.PackageBytes} bytes is outside 1 to {_options.MaxPackageBytes}");
        await WindowAsync(assignment, ct);
        using var limit = new CancellationTokenSource(_options.DownloadTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var backoff = new Backoff(Waits, new Random(HashCode.Combine(assignment.Digest)));
        try
        {
            while (!await TryFetchAsync(address, assignment, part, either.Token))
            {
                var wait = backoff.Next(TimeSpan.Zero, TimeSpan.Zero);
                _logger.DownloadInterrupted(assignment.Digest, part.Length, "the link broke", wait.TotalSeconds);
                await Task.Delay(wait, _time, either.Token);
            }

            return isWhole;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new ModelRefusal(
                "download", $"{address} gave {part.Length} of {assignment.PackageBytes} bytes within {_options.DownloadTimeout}");
        }
    }

    /// <summary>A file that belongs to the package, in one try; null when there is none, it is larger than that, or the link broke.</summary>
    /// <param name="suffix">Behind the package's address.</param>
    public async Task<byte[]?> TryReadAsync(ModelAssignment assignment, string suffix, long maxBytes, CancellationToken ct)
    {
        var address = new Uri(AddressOf(assignment) + suffix);
        await WindowAsync(assignment, ct);
        using var limit = new CancellationTokenSource(_options.DownloadTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var request = Request(address);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentLength is not { } length
                || length > maxBytes || length > _options.MaxPackageBytes)
                return null;
            var bytes = new byte[length];
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var throttle = new Throttle(_options.DownloadBytesPerSecond, _time);
            for (var have = 0; have < length;)
            {
                var read = await body.ReadAsync(bytes.AsMemory(have, (int)Math.Min(throttle.ReadBytes, length - have)), either.Token);
                if (read == 0) return null;
                have += read;
                await throttle.TakenAsync(read, either.Token);
            }

            return bytes;
        }
        catch (Exception error) when (error is HttpRequestException or IOException
            || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>A disk that takes no more is not a broken link: trying again at once would not help.</summary>
    public static void ToDisk(Action write)
    {
        try
        {
            write();
        }
        catch (IOException error)
        {
            throw new StorageException(StorageReason.DiskFull, error.Message, error);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A way back waits for nothing.</summary>
    private async Task WindowAsync(ModelAssignment assignment, CancellationToken ct)
    {
        while (!assignment.Restore && _window?.UntilOpen(_time.GetLocalNow()) is { Ticks: > 0 } wait)
        {
            _logger.DownloadWaits(assignment.Digest, wait.TotalMinutes);
            await Task.Delay(wait, _time, ct);
        }
    }

    private Uri AddressOf(ModelAssignment assignment)
    {
        if (!Uri.TryCreate(assignment.Url, UriKind.RelativeOrAbsolute, out var given))
            throw new ModelRefusal("download", $"address '{assignment.Url}' is none");
        // A path that begins with '/' counts as absolute (file) on Unix.
        var isAbsolute = given.IsAbsoluteUri && given.Scheme is "http" or "https";
        if (!isAbsolute && _base is null) throw new ModelRefusal("download", $"address '{assignment.Url}' is relative and hub:artefacts is not set");
        var address = isAbsolute ? given : new Uri(_base!, assignment.Url);
        return address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)
            ? address
            : throw new ModelRefusal("download", $"address '{address}' is neither https nor http on loopback");
    }

    private HttpRequestMessage Request(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (Credentials is not null && _base is not null && address.Host == _base.Host && address.Port == _base.Port)
            request.Headers.Authorization = Credentials;
        return request;
    }

    /// <summary>False: worth another try.</summary>
    private async Task<bool> TryFetchAsync(Uri address, ModelAssignment assignment, Stream part, CancellationToken ct)
    {
        if (part.Length > assignment.PackageBytes) part.SetLength(0);
        var have = part.Length;
        if (have == assignment.PackageBytes) return true;
        using var request = Request(address);
        if (have > 0) request.Headers.Range = new RangeHeaderValue(have, null);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!IsTaken(response.StatusCode, address)) return false;
            // A server that does not know ranges sends the whole: from the start, then.
            var from = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have ? have : 0;
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            await AppendAsync(body, part, from, assignment.PackageBytes, new Throttle(_options.DownloadBytesPerSecond, _time), ct);
            return part.Length == assignment.PackageBytes;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return false;
        }
    }

    private static bool IsTaken(HttpStatusCode status, Uri address) => status switch
    {
        HttpStatusCode.OK or HttpStatusCode.PartialContent => true,
        >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            or HttpStatusCode.RequestedRangeNotSatisfiable => false,
        _ => throw new ModelRefusal("download", $"{address} answered {(int)status} {status}"),
    };

    private static async Task AppendAsync(Stream body, Stream part, long from, long total, Throttle throttle, CancellationToken ct)
    {
        part.SetLength(from);
        part.Seek(0, SeekOrigin.End);
        var buffer = new byte[throttle.ReadBytes];
        int read;
        while ((read = await body.ReadAsync(buffer, ct)) > 0)
        {
            if (part.Position + read > total) throw new ModelRefusal("download", $"the server sends more than the promised {total} bytes");
            ToDisk(() => part.Write(buffer, 0, read));
            await throttle.TakenAsync(read, ct);
        }
    }
}
