using System.Net;
using System.Net.Sockets;
using System.Text;
using Edge.Agent.Hosting;
using Hmas.Contracts.Chunks;
using Hmas.Testing;

namespace Edge.Tests.Sync.Downlink;

/// <summary>A peer that is named by the hub and is none.</summary>
internal sealed class LyingPeer
{
    private readonly ChunkScene _scene;
    private readonly string _how;
    private int _asked;

    public LyingPeer(ChunkScene scene, string how)
    {
        (_scene, _how) = (scene, how);
        if (how == "another secret")
        {
            scene.AddPeer(_ =>
            {
                Interlocked.Increment(ref _asked);
                return null;
            }, "another secret here");
            return;
        }

        EndPoint end = how == "nobody listens" ? new IPEndPoint(IPAddress.Loopback, FreePorts.One()) : scene.Serve(AnswerAsync);
        scene.Peers.Add($"http://{end}/");
    }

    /// <summary>Requests that reached it so far.</summary>
    public int Asked => Volatile.Read(ref _asked);

    private async Task AnswerAsync(NetworkStream stream, string head)
    {
        Interlocked.Increment(ref _asked);
        var good = HttpHead.Answer("200 OK", "application/octet-stream", ChunkList.ChunkBytes);
        switch (_how)
        {
            case "other bytes":
                await stream.WriteAsync(good);
                await stream.WriteAsync(ChunkScene.Bytes(9, ChunkList.ChunkBytes));
                break;
            case "fewer bytes":
                await stream.WriteAsync(good);
                await stream.WriteAsync(_scene.Package.AsMemory(0, 1_000));
                break;
            case "no bytes": await stream.WriteAsync(HttpHead.Answer("500 No", "x", 0)); break;
            case "no answer": break;
            case "a redirect":
                await stream.WriteAsync("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                break;
            case "an endless head":
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
                while (true) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X: {new string('x', 1_000)}\r\n"), _scene.Over);
            case "silent":
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _scene.Over);
                break;
            case "a byte now and then":
                await stream.WriteAsync(good);
                while (true)
                {
                    await stream.WriteAsync(new byte[1], _scene.Over);
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, _scene.Over);
                }

            default: throw new InvalidOperationException($"no peer lies like this: {_how}");
        }
    }
}
