using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting.Status;

/// <summary>Answers every connection on a Unix socket with the status as one line of JSON, then closes it. The socket file has mode 0600.</summary>
internal sealed class StatusSocket(string path, Func<AgentStatus> status, ILogger logger)
{
    private const int MaxBytes = 1 << 20;

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            // A socket left by a killed agent stands in the way; one that still answers belongs to another agent.
            if (File.Exists(path) && await IsAnsweredAsync(path, ct)) throw new IOException("another agent answers there");
            File.Delete(path);
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(8);
            try
            {
                while (true) await AnswerAsync(await listener.AcceptAsync(ct), ct);
            }
            finally
            {
                File.Delete(path);
            }
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The agent's work does not hang on its being watched.
            logger.StatusUnavailable($"status socket {path}", error.Message);
        }
    }

    /// <summary>The status of the agent behind the socket.</summary>
    /// <exception cref="SocketException">No agent answers.</exception>
    /// <exception cref="JsonException">What answers is no agent of this version.</exception>
    public static async Task<AgentStatus> ReadAsync(string path, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
        using var received = new MemoryStream();
        var buffer = new byte[8192];
        int read;
        while ((read = await socket.ReceiveAsync(buffer, ct)) > 0 && received.Length <= MaxBytes) received.Write(buffer, 0, read);
        return JsonSerializer.Deserialize(received.GetBuffer().AsSpan(0, (int)received.Length), HostingJson.Default.AgentStatus)
            ?? throw new JsonException("empty status");
    }

    private async Task AnswerAsync(Socket connection, CancellationToken ct)
    {
        using (connection)
        {
            try
            {
                await connection.SendAsync(JsonSerializer.SerializeToUtf8Bytes(status(), HostingJson.Default.AgentStatus), ct);
                connection.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException error)
            {
                logger.StatusUnavailable("a status reader", error.Message);
            }
        }
    }

    private static async Task<bool> IsAnsweredAsync(string path, CancellationToken ct)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
