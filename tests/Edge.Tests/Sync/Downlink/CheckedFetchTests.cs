using Edge.Agent.Models;
using Hmas.Contracts.Chunks;

namespace Edge.Tests.Sync.Downlink;

/// <summary>A package that came in chunks is checked whole. Nothing signs the list of chunks: whoever can write it, a cache before the hub, can
/// name other bytes; the file's digest decides.</summary>
public sealed class CheckedFetchTests : IDisposable
{
    private static readonly string Whole = $"/artefacts/{ChunkScene.Digest}";

    private readonly ChunkScene _scene = new();

    public void Dispose() => _scene.Dispose();

    /// <param name="held">Chunks of the false file that a peer has, from the first one on.</param>
    /// <param name="wasted">Bytes that are fetched in vain, beside the list.</param>
    /// <param name="asked">How often the hub is asked for the file: for what is missing behind the chunks, and for the whole.</param>
    [Theory]
    [InlineData(5, (4 * ChunkList.ChunkBytes) + 5_000, 1)]
    [InlineData(1, (4 * ChunkList.ChunkBytes) + 5_000, 2)]
    [InlineData(0, 0, 1)]
    public async Task A_false_list_costs_one_download_at_most_and_then_the_hub_gives_the_whole(int held, long wasted, int asked)
    {
        var near = NameOtherBytes(held);
        Assert.Equal(_scene.Package, await _scene.FetchCheckedAsync());
        var said = _scene.List.Length + _scene.Peers.Sum(static peer => peer.Length);
        Assert.Equal(wasted, near() + _scene.Given - said - _scene.Package.Length);
        Assert.Equal(asked, _scene.Asked.Count(static path => path == Whole));
    }

    [Fact]
    public async Task A_file_that_is_refused_whole_too_is_not_fetched_again_and_leaves_nothing()
    {
        NameOtherBytes(5);
        var refused = await Assert.ThrowsAsync<ModelRefusal>(() => _scene.FetchCheckedAsync(static _ => false));
        Assert.Equal("digest-mismatch", refused.Reason);
        Assert.Single(_scene.Asked, static path => path == Whole);
        Assert.All(_scene.Files, static path => Assert.Equal(0, new FileInfo(path).Length));
    }

    [Fact]
    public async Task What_is_refused_for_another_reason_than_its_bytes_is_not_fetched_again()
    {
        _scene.AddHolder();
        await Assert.ThrowsAsync<ModelRefusal>(() => _scene.FetchCheckedAsync(static _ => throw new ModelRefusal("hardware", "made for others")));
        Assert.DoesNotContain(Whole, _scene.Asked);
    }

    /// <summary>The hub's list is that of another file, whose first chunks a peer has.</summary>
    /// <returns>Bytes that the peer gave.</returns>
    private Func<long> NameOtherBytes(int held)
    {
        var other = ChunkScene.Bytes(5, _scene.Package.Length);
        _scene.List = ChunkList.Write(ChunkList.Of(new MemoryStream(other)));
        var near = 0L;
        _scene.AddPeer(hash =>
        {
            var chunk = ChunkScene.Holding(other[..Math.Min(other.Length, held * ChunkList.ChunkBytes)])(hash);
            Interlocked.Add(ref near, chunk?.Length ?? 0);
            return chunk;
        });
        return () => Interlocked.Read(ref near);
    }
}
