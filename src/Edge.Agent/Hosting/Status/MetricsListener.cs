using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting.Status;

/// <summary>Answers <c>GET /metrics</c> on a loopback port. As much of HTTP/1.1 as a scraper needs: one
/// request per connection, a bounded head, a time limit.</summary>
internal sealed class MetricsListener(int port, Func<AgentStatus> status, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start(16);
            while (true) await AnswerAsync(await listener.AcceptTcpClientAsync(ct), ct);
        }
        catch (SocketException error)
        {
            // The agent's work does not hang on its being watched.
            logger.StatusUnavailable($"metrics on port {port}", error.Message);
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
                var head = await HttpHead.ReadAsync(stream, either.Token);
                var (code, type, body) = head.StartsWith("GET /metrics ", StringComparison.Ordinal)
                    ? ("200 OK", MetricsText.ContentType, MetricsText.Write(status()))
                    : ("404 Not Found", "text/plain", "only GET /metrics is here\n");
                var bytes = Encoding.UTF8.GetBytes(body);
                await stream.WriteAsync(HttpHead.Answer(code, type, bytes.Length), either.Token);
                await stream.WriteAsync(bytes, either.Token);
            }
            catch (Exception error) when (error is IOException or SocketException
                || (error is OperationCanceledException && !ct.IsCancellationRequested))
            {
                logger.StatusUnavailable("a metrics reader", error.Message);
            }
        }
    }
}
