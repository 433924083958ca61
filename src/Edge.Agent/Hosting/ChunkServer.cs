using System.Net;
using System.Net.Sockets;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Chunks;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>Answers <c>GET /chunks/HASH</c> for devices of the site that know its secret: chunks of what this device holds, and
/// nothing else.</summary>
/// <param name="find">A chunk's bytes by its hash; null: not here.</param>
/// <param name="bytesPerSecond">Given away at most, over all who ask.</param>
internal sealed class ChunkServer(
    IPEndPoint end, string secret, long bytesPerSecond, Func<string, byte[]?> find, TimeProvider time, ILogger logger)
{
    private const int MostAtOnce = 4;

    /// <summary>For a request to come, and for an answer to be taken beside the time that its bytes are stretched over.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            using var listener = new TcpListener(end);
            listener.Start(2 * MostAtOnce);
            var serving = new List<Task>();
            while (true)
            {
                serving.Add(AnswerAsync(await listener.AcceptTcpClientAsync(ct), ct));
                // Who else asks waits in the listener's queue; what does not fit there is turned away by the system.
                if (serving.Count == MostAtOnce) serving.Remove(await Task.WhenAny(serving));
            }
        }
        catch (SocketException error)
        {
            // The agent's work does not hang on its helping others.
            logger.StatusUnavailable($"chunks for the site at {end}", error.Message);
        }
    }

    private async Task AnswerAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        using (var limit = new CancellationTokenSource(Limit, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token))
        {
            try
            {
                var stream = client.GetStream();
                var (code, chunk) = Judge(await HttpHead.ReadAsync(stream, either.Token));
                // One of the places at a time gives its share, so all of them together keep to the bound.
                var throttle = new Throttle(bytesPerSecond / MostAtOnce, time);
                limit.CancelAfter(Limit + TimeSpan.FromSeconds((double)chunk.Length * MostAtOnce / bytesPerSecond));
                await stream.WriteAsync(HttpHead.Answer(code, "application/octet-stream", chunk.Length), either.Token);
                for (var sent = 0; sent < chunk.Length;)
                {
                    var piece = Math.Min(throttle.ReadBytes, chunk.Length - sent);
                    await stream.WriteAsync(chunk.AsMemory(sent, piece), either.Token);
                    sent += piece;
                    await throttle.TakenAsync(piece, either.Token);
                }
            }
            catch (Exception error) when (error is IOException or SocketException
                || (error is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // Who asked went away, or was too slow: it asks again, or somebody else.
            }
        }
    }

    /// <summary>Whoever does not know the secret is not told what is here.</summary>
    private (string Code, byte[] Chunk) Judge(string head)
    {
        const string Get = "GET /chunks/";
        if (!head.StartsWith(Get, StringComparison.Ordinal) || head.Length < Get.Length + 65) return ("400 Bad Request", []);
        var hash = head.Substring(Get.Length, 64);
        if (!Chunk.IsHash(hash) || head[Get.Length + 64] != ' ') return ("400 Bad Request", []);
        const string Field = $"\r\nAuthorization: {SiteSecret.Scheme} ";
        var at = head.IndexOf(Field, StringComparison.OrdinalIgnoreCase);
        if (at < 0 || head.Length < at + Field.Length + 64 || !SiteSecret.Holds(secret, hash, head.AsSpan(at + Field.Length, 64)))
            return ("401 Unauthorized", []);
        return find(hash) is { } chunk ? ("200 OK", chunk) : ("404 Not Found", []);
    }
}
