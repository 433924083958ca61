using System.Text;
using System.Text.Json.Nodes;

namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>What the public suite's <c>test_file_download</c> asks of a client.</summary>
public abstract class DownloadConformance : IAsyncLifetime
{
    private readonly Bench _bench;

    protected DownloadConformance(IClientUnderTest client) => _bench = new Bench(client);

    private SimulatedRepository Repository => _bench.Repository;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("target_file.txt")]
    [InlineData("path/to/a/target_file.txt")]
    [InlineData("dots/../in/./between")]
    [InlineData("..")]
    [InlineData("../outside")]
    [InlineData("/absolute")]
    [InlineData(".hidden")]
    [InlineData("percent%2Fescape")]
    public async Task A_target_is_downloaded_and_never_outside_the_folder(string path)
    {
        await _bench.InitAsync();
        Repository.AddTarget("targets", path, "target file contents"u8.ToArray());
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Empty(_bench.Downloaded());
        Assert.Equal(0, await _bench.DownloadAsync(path));
        Assert.Equal(["target file contents"], _bench.Downloaded());
        Assert.Single(new DirectoryInfo(_bench.TargetFolder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }));
    }

    [Theory]
    [InlineData("with space", "with%20space")]
    [InlineData("query?and#fragment", "query%3Fand%23fragment")]
    [InlineData("ünï/côdé 🦀", "%C3%BCn%C3%AF/c%C3%B4d%C3%A9%20%F0%9F%A6%80")]
    [InlineData("100%", "100%25")]
    public async Task What_an_address_cannot_hold_is_escaped_in_it(string path, string address)
    {
        await _bench.InitAsync();
        Repository.AddTarget("targets", path, "content"u8.ToArray());
        Repository.Artifacts[address] = Repository.Artifacts[path];
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync(path));
        Assert.Equal([address], Repository.ArtifactRequests.Select(request => request.Path));
        Assert.Equal(["content"], _bench.Downloaded());
    }

    [Fact]
    public async Task A_very_long_target_path_fits_the_disk()
    {
        await _bench.InitAsync();
        var path = $"{new string('d', 200)}/{new string('f', 200)}";
        Repository.AddTarget("targets", path, "content"u8.ToArray());
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync(path));
        Assert.Equal(["content"], _bench.Downloaded());
    }

    [Fact]
    public async Task A_target_that_is_there_is_not_fetched_again()
    {
        await _bench.InitAsync();
        Repository.AddTarget("targets", "file", "content"u8.ToArray());
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync("file"));
        Assert.Equal(0, await _bench.DownloadAsync("file", "file"));
        Assert.Single(Repository.ArtifactRequests);
    }

    [Fact]
    public async Task A_target_that_was_changed_on_disk_is_fetched_again()
    {
        await _bench.InitAsync();
        Repository.AddTarget("targets", "file", "content"u8.ToArray());
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync("file"));
        await File.WriteAllTextAsync(Directory.EnumerateFiles(_bench.TargetFolder).Single(), "CONTENT");
        Assert.Equal(0, await _bench.DownloadAsync("file"));
        Assert.Equal(["content"], _bench.Downloaded());
    }

    [Fact]
    public async Task A_substituted_target_is_refused()
    {
        await _bench.InitAsync();
        Repository.AddTarget("targets", "one", "target file contents"u8.ToArray());
        Repository.AddTarget("targets", "two", "content"u8.ToArray());
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync("one"));
        Repository.Artifacts["one"] = Repository.Artifacts["two"] = "malicious data - should not download"u8.ToArray();
        await _bench.DownloadAsync("one");
        Assert.Equal(["target file contents"], _bench.Downloaded());
        Assert.Equal(1, await _bench.DownloadAsync("two"));
        Assert.Equal(["target file contents"], _bench.Downloaded());
    }

    [Fact]
    public async Task A_target_changes_when_its_metadata_does_and_only_then()
    {
        await _bench.InitAsync();
        Repository.AddTarget("targets", "file", "first"u8.ToArray());
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync("file"));
        List<string> expected = ["first"];
        for (var i = 0; i < 11; i++)
        {
            Repository.AddTarget("targets", "file", Encoding.UTF8.GetBytes($"changed {i}"));
            Repository.AddTarget("targets", $"new-{i}", Encoding.UTF8.GetBytes($"new {i}"));
            Repository.Publish("targets", "snapshot", "timestamp");
            if (i % 5 != 0) continue;
            Assert.Equal(0, await _bench.DownloadAsync("file"));
            Assert.Equal(0, await _bench.DownloadAsync($"new-{i}"));
            expected.RemoveAll(text => text == "first" || text.StartsWith("changed", StringComparison.Ordinal));
            expected.AddRange([$"changed {i}", $"new {i}"]);
            Assert.Equal(expected, _bench.Downloaded());
            Repository.Artifacts["file"] = Encoding.UTF8.GetBytes($"malicious {i}");
            Repository.Publish("targets", "snapshot", "timestamp");
            await _bench.DownloadAsync("file");
            Assert.Equal(expected, _bench.Downloaded());
        }
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha512")]
    [InlineData("sha256", "sha512")]
    public async Task The_hash_in_front_of_the_name_is_one_of_the_stated(params string[] algorithms)
    {
        var target = Repository.AddTarget("targets", "file", "content"u8.ToArray(), algorithms);
        Repository.Publish("targets", "snapshot", "timestamp");
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.DownloadAsync("file"));
        var (path, prefix) = Assert.Single(Repository.ArtifactRequests);
        Assert.Equal("file", path);
        Assert.Contains(prefix, target["hashes"]!.AsObject().Select(hash => (string?)hash.Value));
    }

    [Fact]
    public async Task Every_known_hash_must_hold()
    {
        var target = Repository.AddTarget("targets", "file", "content"u8.ToArray(), "sha256", "sha512");
        target["hashes"]!["sha256"] = new string('0', 64);
        Repository.Publish("targets", "snapshot", "timestamp");
        await _bench.InitAsync();
        Assert.Equal(1, await _bench.DownloadAsync("file"));
        Assert.Empty(_bench.Downloaded());
    }

    [Fact]
    public async Task A_target_with_no_known_hash_is_refused()
    {
        var target = Repository.AddTarget("targets", "file", "content"u8.ToArray(), "sha512");
        target["hashes"] = new JsonObject { ["unknown-hash"] = (string)target["hashes"]!["sha512"]! };
        Repository.Publish("targets", "snapshot", "timestamp");
        await _bench.InitAsync();
        Assert.Equal(1, await _bench.DownloadAsync("file"));
        Assert.Empty(_bench.Downloaded());
    }
}
