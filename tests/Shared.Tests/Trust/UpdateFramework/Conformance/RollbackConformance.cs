namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>What the public suite's <c>test_rollback</c> asks of a client.</summary>
public abstract class RollbackConformance : IAsyncLifetime
{
    private readonly Bench _bench;

    protected RollbackConformance(IClientUnderTest client) => _bench = new Bench(client);

    private SimulatedRepository Repository => _bench.Repository;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_snapshot_that_no_timestamp_names_is_not_fetched()
    {
        await _bench.InitAsync();
        Repository.Publish("snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Publish("snapshot");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(2, _bench.VersionOf("snapshot"));
        Assert.Equal(("timestamp", null), Repository.Requests[^1]);
    }

    [Fact]
    public async Task An_older_timestamp_is_refused()
    {
        await _bench.InitAsync();
        Repository.Publish("timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Again("timestamp", version: 1);
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(2, _bench.VersionOf("timestamp"));
        Assert.Equal(("timestamp", null), Repository.Requests[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_timestamp_that_names_an_older_snapshot_is_refused(bool hashes)
    {
        await _bench.InitAsync();
        Repository.StatesHashes = hashes;
        Repository.Publish("snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Again("snapshot", version: 1);
        Repository.Publish("timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(["root 1", "snapshot 2", "targets 1", "timestamp 2"], _bench.TrustedRoles());
        Assert.Equal(("timestamp", null), Repository.Requests[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_snapshot_that_lists_older_targets_is_refused(bool hashes)
    {
        await _bench.InitAsync();
        Repository.StatesHashes = hashes;
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Again("targets", version: 1);
        Repository.Publish("snapshot", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(["root 1", "snapshot 2", "targets 2", "timestamp 3"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_snapshot_that_lists_a_role_no_more_is_refused()
    {
        await _bench.InitAsync();
        Repository.Delegate("targets", "A");
        Repository.Publish("A", "targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        ((System.Text.Json.Nodes.JsonObject)Repository.Snapshot["meta"]!).Remove("A.json");
        Repository.Publish("snapshot", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(2, _bench.VersionOf("snapshot"));
    }

    [Fact]
    public async Task New_snapshot_keys_end_a_fast_forward_of_the_targets()
    {
        await _bench.InitAsync();
        for (var i = 0; i < 99; i++) Repository.Publish("targets");
        Repository.Publish("snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(100, _bench.VersionOf("targets"));
        Repository.RotateKeys("snapshot");
        Again("targets", version: 1);
        Repository.Publish("root", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(1, _bench.VersionOf("targets"));
    }

    [Fact]
    public async Task New_snapshot_and_timestamp_keys_end_a_fast_forward_of_the_snapshot()
    {
        await _bench.InitAsync();
        for (var i = 0; i < 99; i++) Repository.Publish("snapshot");
        Repository.Publish("timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(100, _bench.VersionOf("snapshot"));
        Repository.RotateKeys("snapshot");
        Repository.RotateKeys("timestamp");
        Again("snapshot", version: 1);
        Repository.Publish("root", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(1, _bench.VersionOf("snapshot"));
    }

    [Fact]
    public async Task New_timestamp_keys_end_a_fast_forward_of_the_timestamp()
    {
        await _bench.InitAsync();
        for (var i = 0; i < 99; i++) Repository.Publish("timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(100, _bench.VersionOf("timestamp"));
        Repository.RotateKeys("timestamp");
        Again("timestamp", version: 1);
        Repository.Publish("root");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(1, _bench.VersionOf("timestamp"));
    }

    [Fact]
    public async Task The_snapshot_that_the_timestamp_names_is_the_one_used()
    {
        await _bench.InitAsync();
        Repository.Publish("snapshot");
        Repository.Timestamp["meta"]!["snapshot.json"]!["version"] = 1;
        Repository.Publish("root", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(["root 2", "snapshot 1", "targets 1", "timestamp 2"], _bench.TrustedRoles());
    }

    /// <summary>Serves a role from a version on, as if nothing had been before.</summary>
    private void Again(string role, int version)
    {
        Repository.Published.Remove(role);
        Repository.Content[role]["version"] = version;
        Repository.Publish(role);
    }
}
