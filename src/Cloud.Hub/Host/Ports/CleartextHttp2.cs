using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Cloud.Hub.Host.Ports;

/// <summary>HTTP/1.1 and HTTP/2 on one port without TLS: a connection that begins with HTTP/2's preface
/// (RFC 9113, 3.4) is HTTP/2, any other is HTTP/1.1.</summary>
/// <remarks>Kestrel answers HTTP/1.1 only on such a listener, because without ALPN it does not look. It does take a per-connection choice
/// from a feature, whose type is internal (its TLS callback sets it); it is found by name here, and a
/// hub on a framework without it says so at start.</remarks>
internal static class CleartextHttp2
{
    private const string FeatureName = "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.HttpProtocolsFeature";

    /// <summary>As long as Kestrel waits for request headers.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n"u8;

    /// <exception cref="HubStartException">The framework has no such feature.</exception>
    public static void Use(ListenOptions listener)
    {
        listener.Protocols = HttpProtocols.Http1AndHttp2;
        var type = typeof(KestrelServerOptions).Assembly.GetType(FeatureName)
            ?? throw new HubStartException(
                "this ASP.NET Core cannot serve gRPC without TLS beside HTTP/1.1; set tls.certificateFile and tls.keyFile");
        var choice = Activator.CreateInstance(type, HttpProtocols.Http2)
            ?? throw new HubStartException(
                "this ASP.NET Core cannot serve gRPC without TLS beside HTTP/1.1; set tls.certificateFile and tls.keyFile");

        listener.Use(next => async connection =>
        {
            try
            {
                if (await BeginsWithPrefaceAsync(connection)) connection.Features[type] = choice;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                return;    // silent or gone: nothing to serve
            }

            await next(connection);
        });
    }

    private static async ValueTask<bool> BeginsWithPrefaceAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        // A caller that connects and says nothing must not hold the connection for ever; Kestrel's own limits begin only after us.
        using var silence = new CancellationTokenSource(LongestSilence, TimeProvider.System);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, connection.ConnectionClosed);
        while (true)
        {
            var read = await input.ReadAsync(ended.Token);
            var buffer = read.Buffer;
            var matches = IsPrefix(buffer, out var complete);
            if (!matches || complete || read.IsCompleted || read.IsCanceled)
            {
                input.AdvanceTo(buffer.Start);
                return matches && complete;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool IsPrefix(ReadOnlySequence<byte> buffer, out bool complete)
    {
        Span<byte> head = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, Preface.Length);
        buffer.Slice(0, length).CopyTo(head);
        complete = length == Preface.Length;
        return Preface[..length].SequenceEqual(head[..length]);
    }
}
