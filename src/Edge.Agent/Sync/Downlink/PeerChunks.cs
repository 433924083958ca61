using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Edge.Agent.Settings;
using Hmas.Contracts.Chunks;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Asks near by for chunks: caches of the settings first, then devices that the hub names. None of them is trusted: what is not the
/// chunk, in its length and in time, is not taken, and who gave it is left alone.</summary>
/// <param name="secret">Of the site; null: only the settings' sources are asked.</param>
/// <param name="connectWithin">Real time, whatever <paramref name="time"/> says: the connections are the framework's.</param>
internal sealed class PeerChunks(
    PeerOptions options, string? secret, long bytesPerSecond, TimeSpan connectWithin, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>A device of the site answers at once, or is off.</summary>
    public static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(1);

    /// <summary>Of what the hub says of peers: eight addresses in numbers.</summary>
    public const int MaxToldBytes = 1 << 10;

    private const int MostPeers = 8;
    private const string HasNot = "it has no such chunk";

    /// <summary>A peer that was slow or broken may be asked again after this; one that gave other bytes never, until the agent starts anew.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(10);

    /// <summary>For one chunk, beside the time that the device's own bound on downloads takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = connectWithin, UseProxy = false, AllowAutoRedirect = false, UseCookies = false, MaxResponseHeadersLength = 4,
    }) { Timeout = Timeout.InfiniteTimeSpan };

    // Seconds since 1970, by address.
    private readonly Dictionary<string, long> _leftAlone = [];

    /// <summary>Whom to ask in one download.</summary>
    /// <param name="told">What the hub says, an address on each line; null: nothing.</param>
    public List<string> Usable(byte[]? told)
    {
        var peers = new List<string>();
        foreach (var source in options.Sources) Take(source, peers);
        if (secret is null || told is null) return peers;
        foreach (var named in Encoding.UTF8.GetString(told).Split('\n', MostPeers + 1))
        {
            if (peers.Count < options.Sources.Count + MostPeers && named.StartsWith("http://", StringComparison.Ordinal)) Take(named, peers);
        }

        return peers;
    }

    /// <summary>A chunk from the first of them that has it; null when none does. Who has it not, or not right, is taken from the list.</summary>
    public async Task<byte[]?> TryReadAsync(List<string> peers, Chunk chunk, CancellationToken ct)
    {
        while (peers.Count > 0)
        {
            var peer = peers[0];
            var bytes = new byte[chunk.Length];
            var fault = await AskAsync(peer, chunk, bytes, ct);
            if (fault is null && ChunkList.HashOf(bytes) == chunk.Hash) return bytes;
            peers.RemoveAt(0);
            if (fault == HasNot) continue;
            _leftAlone[peer] = fault is null ? long.MaxValue : (time.GetUtcNow() + Rest).ToUnixTimeSeconds();
            logger.PeerLeftAlone(peer, chunk.Hash, fault ?? "it gave other bytes");
        }

        return null;
    }

    public void Dispose() => _http.Dispose();

    private void Take(string text, List<string> peers)
    {
        var peer = text.EndsWith('/') ? text : text + "/";
        var isLeftAlone = _leftAlone.TryGetValue(peer, out var until) && until > time.GetUtcNow().ToUnixTimeSeconds();
        if (!isLeftAlone && !peers.Contains(peer) && Uri.TryCreate(peer, UriKind.Absolute, out _)) peers.Add(peer);
    }

    /// <returns>Why <paramref name="bytes"/> are not filled; null when they are.</returns>
    private async Task<string?> AskAsync(string peer, Chunk chunk, byte[] bytes, CancellationToken ct)
    {
        var patience = bytesPerSecond > 0 ? Patience + TimeSpan.FromSeconds((double)chunk.Length / bytesPerSecond) : Patience;
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{peer}chunks/{chunk.Hash}");
            if (secret is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue(SiteSecret.Scheme, SiteSecret.Proof(secret, chunk.Hash));
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode == HttpStatusCode.NotFound) return HasNot;
            if (response.StatusCode != HttpStatusCode.OK) return $"it answered {(int)response.StatusCode}";
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var throttle = new Throttle(bytesPerSecond, time);
            for (var have = 0; have < bytes.Length;)
            {
                var read = await body.ReadAsync(bytes.AsMemory(have, Math.Min(throttle.ReadBytes, bytes.Length - have)), either.Token);
                if (read == 0) return $"it gave {have} of {bytes.Length} bytes";
                have += read;
                await throttle.TakenAsync(read, either.Token);
            }

            return null;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return error.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"no chunk within {patience.TotalSeconds:0} s";
        }
    }
}
