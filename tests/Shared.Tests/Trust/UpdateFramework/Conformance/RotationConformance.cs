namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>What the public suite's <c>test_updater_key_rotations</c> asks of a client. A root is written as
/// <c>keys/threshold/signers</c>, digits naming ten key pairs.</summary>
public abstract class RotationConformance : IAsyncLifetime
{
    private static readonly SimulatedKey[] Keys = [.. Enumerable.Range(0, 10).Select(_ => SimulatedKey.Create("ed25519"))];

    private readonly Bench _bench;

    protected RotationConformance(IClientUnderTest client) => _bench = new Bench(client);

    private SimulatedRepository Repository => _bench.Repository;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("1/1/1 2/1/21 2/1/2", true)]
    [InlineData("1/1/314 2/1/3214 2/1/324", true)]
    [InlineData("01234/3/024 01234/3/041 01234/3/013 01234/3/013", true)]
    [InlineData("01234/3/024 01345/3/041", true)]
    [InlineData("01234/3/024 01345/3/0245 01345/3/045", true)]
    [InlineData("01234/3/024 56789/3/024567 56789/3/567", true)]
    [InlineData("123/1/1 123/2/12", true)]
    [InlineData("123/2/12 123/1/12 123/1/1", true)]
    [InlineData("1/1/1 12/2/12", true)]
    [InlineData("1/1/1 2/1/234", false)]
    [InlineData("1/1/1 2/1/134", false)]
    [InlineData("01234/3/024 01345/3/024", false)]
    [InlineData("01234/3/024 01345/3/045", false)]
    [InlineData("123/1/1 123/2/2", false)]
    [InlineData("123/2/12 123/1/1", false)]
    public async Task A_root_needs_the_threshold_of_the_old_root_and_its_own(string roots, bool lastIsValid)
    {
        Repository.Published.Remove("root");
        foreach (var root in roots.Split(' ')) PublishWith("root", root, "root");
        _bench.TrustedRoot = Repository.Published["root"][0];
        await _bench.InitAsync();
        Assert.Equal(lastIsValid ? 0 : 1, await _bench.RefreshAsync());
        Assert.Equal(Repository.Published["root"][lastIsValid ? ^1 : ^2], _bench.Trusted("root"));
    }

    [Theory]
    [InlineData("2/1/2", true)]
    [InlineData("1/1/314", true)]
    [InlineData("2/1/134", false)]
    [InlineData("01345/3/024", false)]
    [InlineData("01345/3/04", false)]
    [InlineData("01234/3/024", true)]
    [InlineData("01234/3/041", true)]
    [InlineData("01234/3/013", true)]
    [InlineData("01234/3/123", true)]
    [InlineData("01234/3/234", true)]
    public async Task Any_other_role_needs_the_threshold_of_the_newest_root(string keys, bool isValid)
    {
        await _bench.InitAsync();
        foreach (var role in new[] { "timestamp", "snapshot", "targets" })
        {
            PublishWith(role, keys, "root", "targets", "snapshot", "timestamp");
            Assert.Equal(isValid ? 0 : 1, await _bench.RefreshAsync());
            if (isValid) Assert.Equal(Repository.Published[role][^1], _bench.Trusted(role));
        }
    }

    [Fact]
    public async Task Roots_beyond_the_cap_wait_for_the_next_refresh()
    {
        for (var i = 0; i < 300; i++) Repository.Publish("root");
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(257, _bench.VersionOf("root"));
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(301, _bench.VersionOf("root"));
    }

    private void PublishWith(string role, string keys, params string[] published)
    {
        var parts = keys.Split('/');
        Repository.ClearKeys(role);
        Repository.RootRole(role)["threshold"] = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        foreach (var digit in parts[0]) Repository.AddKey(role, Keys[digit - '0'], signs: false);
        foreach (var digit in parts[2]) Repository.Signers[role].Add(Keys[digit - '0']);
        Repository.Publish(published);
    }
}
