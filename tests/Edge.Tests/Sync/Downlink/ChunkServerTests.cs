using System.Net;
using System.Net.Sockets;
using System.Text;
using Edge.Agent.Hosting;
using Edge.Agent.Models;
using Edge.Agent.Sync.Downlink;
using Hmas.Contracts.Chunks;

namespace Edge.Tests.Sync.Downlink;

/// <summary>What a device gives to others of its site.</summary>
public sealed class ChunkServerTests : IDisposable
{
    private readonly ChunkScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_peer_gives_what_its_slots_name_and_nothing_to_those_who_do_not_know_the_secret()
    {
        var slots = _scene.SlotsOf("holder");
        slots.Keep(ChunkScene.Digest, _scene.Package);
        var held = new HeldChunks(slots, null);
        var hash = _scene.Chunks[0].Hash;
        Assert.Null(held.Find(hash));
        slots.Stage(new SlotEntry(ChunkScene.Digest, "pump", 1), _scene.Assignment);
        Assert.Equal(_scene.Package[..ChunkList.ChunkBytes], held.Find(hash));
        var end = _scene.AddPeer(held.Find);
        Assert.StartsWith("HTTP/1.1 200 OK", await AskAsync(end, $"GET /chunks/{hash} HTTP/1.1\r\n{Proof(hash)}"), StringComparison.Ordinal);
        foreach (var (request, code) in ((string, string)[])[
            ($"GET /chunks/{hash} HTTP/1.1\r\n", "401"), ($"GET /chunks/{hash} HTTP/1.1\r\n{Proof(_scene.Chunks[1].Hash)}", "401"),
            ($"GET /chunks/{new string('a', 64)} HTTP/1.1\r\n{Proof(new string('a', 64))}", "404"),
            ($"GET /chunks/../../{hash[..58]} HTTP/1.1\r\n{Proof(hash)}", "400"), ($"POST /chunks/{hash} HTTP/1.1\r\n{Proof(hash)}", "400"),
            ($"GET /chunks/{hash}x HTTP/1.1\r\n{Proof(hash)}", "400"), ("\r\n", "400"), (new string('x', 9_000), "400")])
            Assert.StartsWith($"HTTP/1.1 {code}", await AskAsync(end, request), StringComparison.Ordinal);
    }

    private static string Proof(string hash) => $"Authorization: {SiteSecret.Scheme} {SiteSecret.Proof(ChunkScene.Secret, hash)}\r\n";

    private static async Task<string> AskAsync(IPEndPoint end, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(end);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request + "\r\n"));
        return await HttpHead.ReadAsync(client.GetStream(), default);
    }
}
