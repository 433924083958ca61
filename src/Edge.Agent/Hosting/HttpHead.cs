using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Edge.Agent.Hosting;

/// <summary>As much of HTTP/1.1 as a scraper or a peer needs: one request a connection, a bounded head.</summary>
internal static class HttpHead
{
    private const int MaxHead = 8192;

    /// <summary>What precedes the body of an answer.</summary>
    /// <param name="code">With its words, <c>200 OK</c>.</param>
    public static byte[] Answer(string code, string type, int length) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"HTTP/1.1 {code}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"));

    /// <summary>Request line and fields, as far as they came.</summary>
    public static async Task<string> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[MaxHead];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ct);
            if (read == 0) break;
            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0) break;
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
