using System.Text;
using System.Text.Json.Nodes;

namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>What the public suite's <c>test_basic</c> asks of a client.</summary>
public abstract class BasicConformance : IAsyncLifetime
{
    private static readonly (string, int?)[] FirstRequests = [("root", 2), ("timestamp", null), ("snapshot", 1), ("targets", 1)];

    private readonly Bench _bench;

    protected BasicConformance(IClientUnderTest client) => _bench = new Bench(client);

    private SimulatedRepository Repository => _bench.Repository;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Init_asks_the_repository_for_nothing()
    {
        Assert.Equal(0, await _bench.InitAsync());
        Assert.Empty(Repository.Requests);
        Assert.Equal(["root 1"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_refresh_asks_for_each_top_level_role_once()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(FirstRequests, Repository.Requests);
    }

    [Fact]
    public async Task A_refresh_keeps_the_bytes_as_they_came()
    {
        Repository.Published["timestamp"][^1] = [.. Repository.Published["timestamp"][^1], (byte)' '];
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        foreach (var role in new[] { "root", "timestamp", "snapshot", "targets" }) Assert.Equal(Repository.Published[role][^1], _bench.Trusted(role));
    }

    [Fact]
    public async Task A_download_refreshes_first()
    {
        await _bench.InitAsync();
        Assert.Equal(1, await _bench.DownloadAsync("nonexistent artifact"));
        Assert.Equal(FirstRequests, Repository.Requests);
        Assert.Equal(["root 1", "snapshot 1", "targets 1", "timestamp 1"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task Nothing_is_asked_when_the_initial_root_is_invalid()
    {
        var root = JsonNode.Parse(_bench.TrustedRoot)!;
        ((JsonObject)root["signed"]!).Remove("version");
        _bench.TrustedRoot = Encoding.UTF8.GetBytes(root.ToJsonString());
        await _bench.InitAsync();
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Empty(Repository.Requests);
    }

    [Fact]
    public async Task Nothing_is_asked_when_the_initial_root_is_not_signed()
    {
        var root = JsonNode.Parse(_bench.TrustedRoot)!;
        root["signatures"]![0]!["sig"] =
            "3045022100ee448afe2d25dd1f05afedac83a24e7df90f203615221434979153dc7cea6d4702207710015851e571885a77db8a6e42c4b2983a59b9e1ebec91178dfa2fb0d42ab8";
        _bench.TrustedRoot = Encoding.UTF8.GetBytes(root.ToJsonString());
        await _bench.InitAsync();
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Empty(Repository.Requests);
        // A folder that somebody else filled is no better.
        await File.WriteAllBytesAsync(Path.Combine(_bench.MetadataFolder, "root.json"), _bench.TrustedRoot);
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Empty(Repository.Requests);
    }

    [Theory]
    [InlineData("root", "root 1")]
    [InlineData("timestamp", "root 2")]
    [InlineData("snapshot", "root 2", "timestamp 2")]
    [InlineData("targets", "root 2", "snapshot 2", "timestamp 2")]
    public async Task An_unsigned_role_is_refused_and_what_came_before_it_stays(string role, params string[] trusted)
    {
        Repository.Signers[role].Clear();
        Repository.Publish("root", "targets", "snapshot", "timestamp");
        await _bench.InitAsync();
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(trusted, _bench.TrustedRoles());
    }

    [Theory]
    [InlineData("root", "root 1")]
    [InlineData("snapshot", "root 2", "timestamp 2")]
    [InlineData("targets", "root 2", "snapshot 2", "timestamp 2")]
    public async Task A_role_whose_version_is_not_its_address_is_refused(string role, params string[] trusted)
    {
        await _bench.InitAsync();
        Repository.Publish("root", "targets", "snapshot", "timestamp");
        Repository.Content[role]["version"] = 3;
        Repository.Published[role][^1] = Repository.Sign(role);
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(trusted, _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_timestamp_of_the_known_version_changes_nothing()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Timestamp["meta"]!["snapshot.json"]!["version"] = 100;
        Repository.Published.Remove("timestamp");
        Repository.Publish("timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(("timestamp", null), Repository.Requests[^1]);
        Assert.Equal(1, (int)JsonNode.Parse(_bench.Trusted("timestamp"))!["signed"]!["meta"]!["snapshot.json"]!["version"]!);
    }

    [Fact]
    public async Task Stated_hashes_of_metadata_must_hold()
    {
        Repository.StatesHashes = true;
        Repository.Publish("targets", "snapshot", "timestamp");
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Publish("targets");
        Repository.Snapshot["meta"]!["targets.json"]!["hashes"]!["sha256"] = "46419349341cfb2d95f6ae3d4cd5c3d3dd7f4673985dad42a45130be5e0531a0";
        Repository.Publish("snapshot", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(["root 1", "snapshot 3", "targets 2", "timestamp 3"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_targets_version_that_no_snapshot_lists_is_not_fetched()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Publish("targets");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(1, _bench.VersionOf("targets"));
        Assert.Equal(("timestamp", null), Repository.Requests[^1]);
    }

    [Fact]
    public async Task Unknown_fields_are_signed_and_otherwise_ignored()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        var key = SimulatedKey.Create();
        key.Public["extra-field"] = new JsonObject { ["a"] = 1, ["b"] = 2 };
        key.Recalculate();
        Repository.Root["custom-field"] = "value";
        Repository.RootRole("root")["another-field"] = "value";
        Repository.AddKey("root", key);
        Repository.Publish("root");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(2, _bench.VersionOf("root"));
    }

    [Fact]
    public async Task The_old_field_keyid_hash_algorithms_means_nothing()
    {
        await _bench.InitAsync();
        Repository.ClearKeys("snapshot");
        var key = SimulatedKey.Create();
        key.Public["keyid_hash_algorithms"] = "md5";
        key.Recalculate();
        Repository.AddKey("snapshot", key);
        Repository.Publish("root", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(["root 2", "snapshot 2", "targets 1", "timestamp 2"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_missing_snapshot_ends_the_refresh_after_the_timestamp()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Timestamp["meta"]!["snapshot.json"]!["version"] = 2;
        Repository.Publish("timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(("snapshot", 2), Repository.Requests[^1]);
        Assert.Equal(["root 1", "snapshot 1", "targets 1", "timestamp 2"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task Missing_targets_end_the_refresh_after_the_snapshot()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Snapshot["meta"]!["targets.json"]!["version"] = 2;
        Repository.Publish("snapshot", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(("targets", 2), Repository.Requests[^1]);
        Assert.Equal(["root 1", "snapshot 2", "targets 1", "timestamp 2"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_missing_timestamp_ends_the_refresh()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Published.Remove("timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(("timestamp", null), Repository.Requests[^1]);
    }

    [Fact]
    public async Task Metadata_of_another_type_is_refused_even_if_it_is_signed()
    {
        await _bench.InitAsync();
        Repository.AddKey("snapshot", Repository.Signers["timestamp"][0]);
        Repository.Snapshot["meta"] = new JsonObject { ["snapshot.json"] = new JsonObject { ["version"] = 1 },
            ["targets.json"] = new JsonObject { ["version"] = 1 } };
        Repository.Publish("root", "snapshot");
        Repository.Published["timestamp"].Add(Repository.Published["snapshot"][^1]);
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(["root 2"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task The_clock_decides_what_has_expired()
    {
        await _bench.InitAsync();
        Repository.Expire("root", _bench.Now + TimeSpan.FromDays(7));
        Repository.Publish("root");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(1, await _bench.RefreshAsync(_bench.Now + TimeSpan.FromDays(8)));
    }

    [Fact]
    public async Task Without_consistent_snapshots_only_roots_carry_a_version()
    {
        Repository.Root["consistent_snapshot"] = false;
        Repository.Delegate("targets", "..");
        Repository.Delegate("..", ".");
        Repository.AddTarget(".", "file", "content"u8.ToArray());
        Repository.Publish(".", "..", "targets", "snapshot", "timestamp", "root");
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.DownloadAsync("file"));
        Assert.Equal(
            [("root", 2), ("root", 3), ("timestamp", null), ("snapshot", null), ("targets", null), ("..", null), (".", null)], Repository.Requests);
        Assert.Equal([("file", null)], Repository.ArtifactRequests);
        Assert.Equal(["content"], _bench.Downloaded());
    }
}
