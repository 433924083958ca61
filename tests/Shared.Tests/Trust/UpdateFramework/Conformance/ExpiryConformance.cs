namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>What the public suite's <c>test_expiration</c> and <c>test_delegated_expiration</c> ask of a client.</summary>
public abstract class ExpiryConformance : IAsyncLifetime
{
    private readonly Bench _bench;

    protected ExpiryConformance(IClientUnderTest client) => _bench = new Bench(client);

    private SimulatedRepository Repository => _bench.Repository;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task An_expired_root_is_kept_and_ends_the_refresh()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Expire("root", InDays(-1));
        Repository.Publish("root", "targets", "snapshot", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(["root 2", "snapshot 1", "targets 1", "timestamp 1"], _bench.TrustedRoles());
    }

    [Theory]
    [InlineData("timestamp", "root 1", "snapshot 1", "targets 1", "timestamp 1")]
    [InlineData("snapshot", "root 1", "snapshot 1", "targets 1", "timestamp 2")]
    [InlineData("targets", "root 1", "snapshot 2", "targets 1", "timestamp 2")]
    public async Task An_expired_role_is_not_kept(string role, params string[] trusted)
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Expire(role, InDays(-5));
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(trusted, _bench.TrustedRoles());
    }

    [Fact]
    public async Task An_expired_local_root_leads_to_a_newer_one()
    {
        await _bench.InitAsync();
        Repository.Expire("root", InDays(7));
        Repository.Publish("root");
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Expire("root", InDays(21));
        Repository.Publish("root");
        Assert.Equal(0, await _bench.RefreshAsync(InDays(18)));
        Assert.Equal(3, _bench.VersionOf("root"));
    }

    [Fact]
    public async Task An_expired_local_timestamp_still_remembers_versions()
    {
        await _bench.InitAsync();
        Repository.Expire("timestamp", InDays(7));
        Repository.Publish("timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Expire("timestamp", InDays(21));
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync(InDays(18)));
        Assert.Equal(["root 1", "snapshot 2", "targets 2", "timestamp 3"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task An_expired_local_timestamp_of_the_served_version_is_not_used()
    {
        await _bench.InitAsync();
        Repository.Expire("timestamp", InDays(7));
        Repository.Publish("timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(1, await _bench.RefreshAsync(InDays(8)));
    }

    [Fact]
    public async Task An_expired_local_snapshot_is_not_used()
    {
        await _bench.InitAsync();
        Repository.Expire("snapshot", InDays(7));
        Repository.Publish("snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(1, await _bench.RefreshAsync(InDays(8)));
    }

    [Fact]
    public async Task An_expired_delegated_role_is_not_used()
    {
        await _bench.InitAsync();
        DelegateTargets(expires: InDays(-1));
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(1, await _bench.DownloadAsync("delegatedpath/first"));
        Assert.Empty(_bench.Downloaded());
        Assert.Equal(["root 1", "snapshot 2", "targets 2", "timestamp 2"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_delegated_role_is_used_no_more_once_it_has_expired()
    {
        await _bench.InitAsync();
        DelegateTargets(expires: InDays(7));
        Assert.Equal(0, await _bench.DownloadAsync("delegatedpath/first"));
        Assert.Equal(1, await _bench.DownloadAsync(InDays(18), "delegatedpath/second"));
        Assert.Equal(["first"], _bench.Downloaded());
    }

    [Fact]
    public async Task A_newer_delegated_role_replaces_an_expired_one()
    {
        await _bench.InitAsync();
        DelegateTargets(expires: InDays(7));
        Assert.Equal(0, await _bench.DownloadAsync("delegatedpath/first"));
        Repository.Expire("delegated", InDays(21));
        Repository.Publish("delegated", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync(InDays(18), "delegatedpath/second"));
        Assert.Equal(["first", "second"], _bench.Downloaded());
    }

    private void DelegateTargets(DateTimeOffset expires)
    {
        Repository.Delegate("targets", "delegated", ["delegatedpath/*"]);
        Repository.Expire("delegated", expires);
        Repository.AddTarget("delegated", "delegatedpath/first", "first"u8.ToArray());
        Repository.AddTarget("delegated", "delegatedpath/second", "second"u8.ToArray());
        Repository.Publish("delegated", "targets", "snapshot", "timestamp");
    }

    private DateTimeOffset InDays(int days) => _bench.Now + TimeSpan.FromDays(days);
}
