using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>What the public suite's <c>test_updater_delegation_graphs</c> and <c>test_quoting_issues</c> ask of a client. A
/// graph is written as <c>delegator&gt;role:pattern!</c>, the mark for terminating.</summary>
public abstract class DelegationConformance : IAsyncLifetime
{
    private readonly Bench _bench;

    protected DelegationConformance(IClientUnderTest client) => _bench = new Bench(client);

    private SimulatedRepository Repository => _bench.Repository;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("targets>A", "A")]
    [InlineData("targets>A targets>B", "A B")]
    [InlineData("targets>A targets>B B>C", "A B C")]
    [InlineData("targets>A targets>B A>C A>D", "A C D B")]
    [InlineData("targets>A targets>B A>C C>D", "A C D B")]
    [InlineData("targets>A targets>B A>C! A>D", "A C")]
    [InlineData("targets>A targets>B A>C! C>D", "A C D")]
    [InlineData("targets>A:*.py targets>B A>C", "B")]
    [InlineData("targets>A targets>B A>C:*.py C>D", "A B")]
    [InlineData("targets>A targets>B B>C C>D D>B", "A B C D")]
    [InlineData("targets>A targets>B B>C A>C", "A C B")]
    [InlineData("targets>A targets>B B>C A>C:*.py", "A B C")]
    public async Task Roles_are_asked_in_order_depth_first_and_once(string graph, string asked)
    {
        await _bench.InitAsync();
        Build(graph);
        Assert.Equal(1, await _bench.DownloadAsync("missingpath"));
        Assert.Equal(asked.Split(' '), Repository.Requests.Skip(4).Select(request => request.Role));
    }

    [Theory]
    [InlineData("targetfile", "targetfile content", "")]
    [InlineData("README.md", "README by A", "A")]
    [InlineData("releases/x/x_v1", "x release by C", "B C")]
    [InlineData("releases/y/y_v1.zip", "y release by D", "B D")]
    [InlineData("releases/z/z_v1.zip", null, "B")]
    public async Task A_target_is_found_where_every_role_on_the_way_covers_it(string path, string? content, string asked)
    {
        await _bench.InitAsync();
        Repository.AddTarget("targets", "targetfile", "targetfile content"u8.ToArray());
        Build("targets>A:*.doc,*.md targets>B:releases/*/* B>C:releases/x/* B>D:releases/y/*.zip",
            ("A", "README.md", "README by A"), ("C", "releases/x/x_v1", "x release by C"), ("D", "releases/y/y_v1.zip", "y release by D"),
            ("D", "releases/z/z_v1.zip", "z release by D"));
        Assert.Equal(content is null ? 1 : 0, await _bench.DownloadAsync(path));
        Assert.Equal(content is null ? [] : [content], _bench.Downloaded());
        Assert.Equal(asked.Split(' ', StringSplitOptions.RemoveEmptyEntries), Repository.Requests.Skip(4).Select(request => request.Role));
    }

    [Fact]
    public async Task A_kept_role_counts_only_for_the_delegator_that_vouched_for_it()
    {
        await _bench.InitAsync();
        Build("targets>A:a/* targets>B:b/* A>C:a/* B>C:b/*", ("C", "a/file", "by A's key"), ("C", "b/file", "never signed for B"));
        // The second delegator knows C by a key that did not sign.
        Repository.Signers["C"].RemoveAt(1);
        Repository.Publish("C", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync("a/file"));
        Assert.Equal(1, await _bench.DownloadAsync("b/file"));
        Assert.Equal(1, await _bench.DownloadAsync("a/file", "b/file"));
        Assert.Equal(["by A's key"], _bench.Downloaded());
    }

    [Fact]
    public async Task A_role_that_both_delegators_vouch_for_serves_both()
    {
        await _bench.InitAsync();
        Build("targets>A:a/* targets>B:b/* A>C:a/* B>C:b/*", ("C", "a/file", "one"), ("C", "b/file", "two"));
        Assert.Equal(0, await _bench.DownloadAsync("a/file", "b/file"));
        Assert.Equal(["one", "two"], _bench.Downloaded());
        Assert.Equal(["A 1", "A@C 1", "B 1", "B@C 1", "root 1", "snapshot 2", "targets 2", "timestamp 2"], _bench.TrustedRoles());
        Repository.Requests.Clear();
        Assert.Equal(0, await _bench.DownloadAsync("a/file", "b/file"));
        Assert.Equal([("root", 2), ("timestamp", null)], Repository.Requests);
    }

    [Fact]
    public async Task A_role_that_cannot_be_verified_ends_the_search()
    {
        await _bench.InitAsync();
        Build("targets>A targets>B", ("B", "file", "behind a broken role"));
        Repository.Signers["A"].Clear();
        Repository.Publish("A", "snapshot", "timestamp");
        Assert.Equal(1, await _bench.DownloadAsync("file"));
        Assert.Equal(["A"], Repository.Requests.Skip(4).Select(request => request.Role));
    }

    [Fact]
    public async Task No_more_than_32_delegated_roles_are_asked()
    {
        await _bench.InitAsync();
        Build(string.Join(' ', Enumerable.Range(0, 40).Select(i => $"targets>R{i}")), ("R39", "file", "too far"));
        Assert.Equal(1, await _bench.DownloadAsync("file"));
        Assert.Equal(32, Repository.Requests.Skip(4).Count());
    }

    [Theory]
    [InlineData("?")]
    [InlineData("#")]
    [InlineData("/delegatedrole")]
    [InlineData("../delegatedrole")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a@b=c é")]
    public async Task An_odd_role_name_stays_one_name(string role)
    {
        await _bench.InitAsync();
        Build("");
        Repository.Delegate("targets", role);
        Repository.Publish(role, "targets", "snapshot", "timestamp");
        Assert.Equal(1, await _bench.DownloadAsync("nonexistent target"));
        Assert.Contains((Uri.EscapeDataString(role), 1), Repository.Requests);
        Assert.Equal(5, _bench.TrustedRoles().Count);
    }

    [Fact]
    public async Task A_very_long_role_name_fits_the_disk()
    {
        await _bench.InitAsync();
        var role = new string('r', 300);
        Repository.Delegate("targets", role);
        Repository.AddTarget(role, "file", "content"u8.ToArray());
        Repository.Publish(role, "targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync("file"));
        Assert.Equal(5, _bench.TrustedRoles().Count);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("timestamp")]
    [InlineData("snapshot")]
    [InlineData("targets")]
    [InlineData("")]
    public async Task A_delegated_role_cannot_pass_for_a_top_level_one(string role)
    {
        await _bench.InitAsync();
        Repository.Targets["delegations"] = new JsonObject
        {
            ["keys"] = new JsonObject(),
            ["roles"] = new JsonArray(
                new JsonObject { ["name"] = role, ["keyids"] = new JsonArray(), ["threshold"] = 1, ["terminating"] = false, ["paths"] = new JsonArray(
                    "*") }),
        };
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(["root 1", "snapshot 2", "timestamp 2"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_role_may_be_delegated_to_by_the_hash_of_paths()
    {
        await _bench.InitAsync();
        var hash = Convert.ToHexStringLower(SHA256.HashData("file"u8));
        Repository.Delegate("targets", "other", hashPrefixes: [hash[..3] + (hash[3] == '0' ? '1' : '0')]);
        Repository.Delegate("targets", "mine", hashPrefixes: ["zz", hash[..4].ToUpperInvariant()]);
        Repository.AddTarget("mine", "file", "content"u8.ToArray());
        Repository.Publish("other", "mine", "targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync("file"));
        Assert.Equal(["mine"], Repository.Requests.Skip(4).Select(request => request.Role));
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(5, "0f")]
    [InlineData(8, "7b")]
    public async Task Bins_share_the_paths_by_hash(int bits, string expected)
    {
        await _bench.InitAsync();
        // Chosen by its hash: the bin of `expected` in 2^bits.
        var wanted = Convert.ToUInt32(expected, 16);
        var path = Enumerable.Range(0, 100_000).Select(i => $"file-{i}")
            .First(name => SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] >> (8 - bits) == wanted);
        var key = SimulatedKey.Create();
        Repository.Targets["delegations"] = new JsonObject
        {
            ["keys"] = new JsonObject { [key.Id] = key.Public },
            ["succinct_roles"] = new JsonObject { ["keyids"] = new JsonArray(
                key.Id), ["threshold"] = 1, ["bit_length"] = bits, ["name_prefix"] = "bin" },
        };
        var role = $"bin-{expected}";
        Repository.Content[role] = Repository.NewTargets();
        Repository.Signers[role] = [key];
        Repository.AddTarget(role, path, "content"u8.ToArray());
        Repository.Publish(role, "targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.DownloadAsync(path));
        Assert.Equal([role], Repository.Requests.Skip(4).Select(request => request.Role));
    }

    private void Build(string graph, params (string Role, string Path, string Content)[] targets)
    {
        var roles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var edge in graph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var (ends, paths) = edge.TrimEnd('!').Split(':') is [var left, var right]
                ? (left.Split('>'), right.Split(',')) : (edge.TrimEnd('!').Split('>'), null);
            Repository.Delegate(ends[0], ends[1], paths, terminating: edge.EndsWith('!'));
            roles.Add(ends[1]);
        }

        foreach (var (role, path, content) in targets) Repository.AddTarget(role, path, Encoding.UTF8.GetBytes(content));
        Repository.Publish([.. roles, "targets", "snapshot", "timestamp"]);
    }
}
