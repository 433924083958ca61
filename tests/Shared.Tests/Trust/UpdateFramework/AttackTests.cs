using System.Text.Json.Nodes;
using Hmas.Trust.UpdateFramework;
using Shared.Tests.Trust.UpdateFramework.Conformance;

namespace Shared.Tests.Trust.UpdateFramework;

/// <summary>The attacks that specification section 2.1 names. Each must fail for its own reason, install nothing,
/// and leave a client that the honest repository can still update.</summary>
public sealed class AttackTests : IAsyncLifetime
{
    private readonly InProcessClient _client = new();
    private readonly Bench _bench;

    public AttackTests()
    {
        _bench = new Bench(_client);
        Repository.RootRole("targets")["threshold"] = 2;
        Repository.AddKey("targets");
        Repository.AddTarget("targets", "agent", "good agent"u8.ToArray());
        Repository.AddTarget("targets", "model", "good model"u8.ToArray());
        Repository.Publish("root", "targets", "snapshot", "timestamp");
    }

    private SimulatedRepository Repository => _bench.Repository;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData("timestamp.json")]
    [InlineData("2.snapshot.json")]
    [InlineData("2.targets.json")]
    [InlineData("2.root.json")]
    public async Task Arbitrary_installation_fails_without_the_keys(string file)
    {
        var theirs = new SimulatedRepository(_bench.Now);
        theirs.AddTarget("targets", "agent", "evil"u8.ToArray());
        theirs.Publish("root", "targets", "snapshot", "timestamp");
        await _bench.InitAsync();
        await RefuseAsync(
            path => path.EndsWith(file, StringComparison.Ordinal) ? theirs.Fetch(path) : Repository.Fetch(path), UpdateReason.Signature, "agent");
    }

    [Theory]
    [InlineData("2.root.json")]
    [InlineData("timestamp.json")]
    [InlineData("2.snapshot.json")]
    [InlineData("2.targets.json")]
    [InlineData(".agent")]
    public async Task Endless_data_ends_at_the_cap(string file)
    {
        await _bench.InitAsync();
        await RefuseAsync(
            path => path.EndsWith(file, StringComparison.Ordinal) ? Reply.Endless(Repository.Fetch(path)!) : Reply.Of(Repository.Fetch(path)),
            UpdateReason.TooLarge, "agent");
    }

    [Theory]
    [InlineData("2.root.json")]
    [InlineData("timestamp.json")]
    [InlineData("2.snapshot.json")]
    [InlineData("2.targets.json")]
    [InlineData(".agent")]
    public async Task Slow_retrieval_ends_at_the_deadline(string file)
    {
        await _bench.InitAsync();
        await RefuseAsync(
            path => path.EndsWith(file, StringComparison.Ordinal)
                ? Reply.Stalled("{"u8.ToArray(), 9, () => _client.Time.Advance(TimeSpan.FromSeconds(21))) : Reply.Of(Repository.Fetch(path)),
            UpdateReason.TooSlow, "agent");
    }

    [Fact]
    public async Task A_drip_that_never_stops_ends_too()
    {
        await _bench.InitAsync();
        var dripped = 0;
        var drip = new Reply(200, null, async (stream, cancellation) =>
        {
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), cancellation);
                dripped++;
                _client.Time.Advance(TimeSpan.FromSeconds(1));
            }
        });
        await RefuseAsync(
            path => path.EndsWith("timestamp.json", StringComparison.Ordinal) ? drip : Reply.Of(Repository.Fetch(path)), UpdateReason.TooSlow,
            "agent");
        Assert.True(dripped >= 20, $"refused after {dripped} s");
    }

    [Fact]
    public async Task Extraneous_files_are_not_installed()
    {
        Repository.Delegate("targets", "models", ["models/*"]);
        Repository.AddTarget("models", "agents/other", "beyond its paths"u8.ToArray());
        Repository.Publish("models", "targets", "snapshot", "timestamp");
        Repository.Artifacts["unlisted"] = "on the server only"u8.ToArray();
        await _bench.InitAsync();
        await RefuseAsync(Repository.Fetch, UpdateReason.NotFound, "unlisted");
        await RefuseAsync(Repository.Fetch, UpdateReason.NotFound, "agents/other");
    }

    [Fact]
    public async Task A_fast_forward_by_stolen_online_keys_ends_with_the_rotation_that_removes_them()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Content["timestamp"]["version"] = long.MaxValue - 1;
        Repository.Timestamp["meta"]!["snapshot.json"]!["version"] = 3;
        Repository.Content["snapshot"]["version"] = 2;
        Repository.Snapshot["meta"]!["agent.json"] = new JsonObject { ["version"] = long.MaxValue };
        Repository.Publish("snapshot");
        Repository.Published["timestamp"].Add(Repository.Sign("timestamp"));
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.RotateKeys("timestamp");
        Repository.RotateKeys("snapshot");
        Repository.Content["timestamp"]["version"] = 1;
        ((JsonObject)Repository.Snapshot["meta"]!).Remove("agent.json");
        Repository.Publish("root", "targets", "snapshot", "timestamp");
        await InstallAsync("agent", "good agent");
    }

    [Fact]
    public async Task A_recovery_that_a_full_disk_interrupts_is_finished_by_the_next_update()
    {
        await _bench.InitAsync();
        for (var i = 0; i < 50; i++) Repository.Publish("timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.RotateKeys("timestamp");
        Repository.Content["timestamp"]["version"] = 1;
        Repository.Publish("root", "timestamp");
        // The new root cannot be kept: its folder is a file now.
        var history = Path.Combine(_bench.MetadataFolder, "root_history");
        Directory.Delete(history, recursive: true);
        await File.WriteAllTextAsync(history, "");
        await Assert.ThrowsAnyAsync<IOException>(() => _bench.RefreshAsync());
        Assert.Equal(["root 2", "targets 2"], _bench.TrustedRoles());
        File.Delete(history);
        await InstallAsync("agent", "good agent");
        Assert.Equal(2, _bench.VersionOf("timestamp"));
    }

    [Fact]
    public async Task An_indefinite_freeze_is_noticed_when_the_timestamp_expires()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.DownloadAsync("agent"));
        var frozen = Repository.Published["timestamp"][^1];
        Assert.Equal(0, await _bench.RefreshAsync(_bench.Now + TimeSpan.FromDays(29)));
        Assert.Equal(1, await _bench.RefreshAsync(Repository.SafeExpiry));
        Assert.Equal(UpdateReason.Expired, _client.Refusal!.Reason);
        Assert.Equal(frozen, _bench.Trusted("timestamp"));
    }

    [Fact]
    public async Task A_mirror_cannot_prevent_an_update_from_another()
    {
        await using var silent = new LoopbackServer(_ => Reply.NotFound);
        await using var broken = new LoopbackServer(_ => Reply.Of(500, []));
        await using var garbage = new LoopbackServer(_ => Reply.Of("{}"u8.ToArray()));
        await using var endless = new LoopbackServer(_ => Reply.Endless([]));
        await _bench.InitAsync();
        foreach (var mirror in new[] { silent, broken, garbage, endless })
        {
            Repository.Publish("root", "targets", "snapshot", "timestamp");
            Assert.Equal(0, await _client.RefreshAsync(_bench.MetadataFolder, [mirror.Address, _bench.MetadataUrl]));
            Assert.Equal(Repository.VersionOf("root"), _bench.VersionOf("root"));
            Assert.Equal(Repository.VersionOf("targets"), _bench.VersionOf("targets"));
        }

        Assert.Equal(0, await _client.DownloadAsync(
            _bench.MetadataFolder, _bench.MetadataUrl, _bench.TargetFolder,
            [silent.Address, broken.Address, garbage.Address, endless.Address, _bench.TargetUrl], ["agent"]));
        Assert.Equal(["good agent"], _bench.Downloaded());
    }

    [Fact]
    public async Task A_mirror_that_is_out_of_reach_costs_nothing_but_no_mirror_at_all_is_an_error()
    {
        const string nobody = "http://127.0.0.1:1/";
        await _bench.InitAsync();
        Assert.Equal(0, await _client.RefreshAsync(_bench.MetadataFolder, [nobody, _bench.MetadataUrl, nobody]));
        Assert.Equal(1, await _client.RefreshAsync(_bench.MetadataFolder, [nobody]));
        Assert.Equal(UpdateReason.Unreachable, _client.Refusal!.Reason);
    }

    [Theory]
    [InlineData("snapshot", UpdateReason.Mismatch)]
    [InlineData("targets", UpdateReason.Mismatch)]
    public async Task Metadata_of_two_times_does_not_mix(string role, UpdateReason reason)
    {
        await _bench.InitAsync();
        Repository.Publish("targets", "snapshot", "timestamp");
        await RefuseAsync(
            path => path.EndsWith($"3.{role}.json", StringComparison.Ordinal) ? Repository.Published[role][1] : Repository.Fetch(path), reason,
            "agent");
    }

    [Fact]
    public async Task Stolen_online_keys_install_nothing_unsigned_and_nothing_old()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        var honest = Repository.Published["targets"][^1];
        // Snapshot and timestamp are the attacker's; the targets keys are not.
        Repository.Signers["targets"] = [SimulatedKey.Create(), SimulatedKey.Create()];
        Repository.AddTarget("targets", "agent", "evil"u8.ToArray());
        Repository.Publish("targets", "snapshot", "timestamp");
        await RefuseAsync(Repository.Fetch, UpdateReason.Signature, "agent", honestAfter: false);
        // Now an old, rightly signed targets file under the new versions.
        Repository.Published["targets"][^1] = honest;
        await RefuseAsync(Repository.Fetch, UpdateReason.Mismatch, "agent", honestAfter: false);
        Repository.Snapshot["meta"]!["targets.json"]!["version"] = 1;
        Repository.Publish("snapshot", "timestamp");
        await RefuseAsync(Repository.Fetch, UpdateReason.Rollback, "agent", honestAfter: false);
    }

    [Theory]
    [InlineData("targets")]
    [InlineData("root")]
    public async Task A_stolen_key_below_the_threshold_is_worth_nothing(string role)
    {
        if (role == "root")
        {
            Repository.AddKey("root");
            Repository.RootRole("root")["threshold"] = 2;
            Repository.Publish("root");
        }

        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        var stolen = Repository.Signers[role][0];
        Repository.Signers[role] = [stolen, SimulatedKey.Create()];
        if (role == "root") Repository.RotateKeys("targets");
        Repository.AddTarget("targets", "agent", "evil"u8.ToArray());
        Repository.Publish("root", "targets", "snapshot", "timestamp");
        await RefuseAsync(Repository.Fetch, UpdateReason.Signature, "agent", honestAfter: false);
    }

    [Fact]
    public async Task The_wrong_file_is_not_installed_even_if_it_is_trusted_under_another_name()
    {
        await _bench.InitAsync();
        await RefuseAsync(
            path => path.EndsWith(".agent", StringComparison.Ordinal) ? "good model"u8.ToArray() : Repository.Fetch(path), UpdateReason.Mismatch,
            "agent");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public async Task A_file_of_another_length_is_not_installed(int bytes)
    {
        await _bench.InitAsync();
        await RefuseAsync(
            path => path.EndsWith(".agent", StringComparison.Ordinal) ? new byte[bytes] : Repository.Fetch(path),
            bytes < 10 ? UpdateReason.Mismatch : UpdateReason.TooLarge, "agent");
    }

    [Fact]
    public async Task A_stated_length_cannot_lift_the_cap()
    {
        _client.Limits = new UpdateLimits { MaxStatedBytes = 100_000 };
        await _bench.InitAsync();
        Repository.Timestamp["meta"]!["snapshot.json"]!["length"] = 1L << 40;
        Repository.Publish("timestamp");
        Assert.Equal(
            1, await RefreshWithAsync(path => path.EndsWith("2.snapshot.json", StringComparison.Ordinal)
                ? Reply.Endless([]) : Reply.Of(Repository.Fetch(path))));
        Assert.Equal(UpdateReason.TooLarge, _client.Refusal!.Reason);
    }

    private Task RefuseAsync(Func<string, byte[]?> served, UpdateReason reason, string target, bool honestAfter = true) =>
        RefuseAsync(path => Reply.Of(served(path)), reason, target, honestAfter);

    private async Task RefuseAsync(Func<string, Reply> served, UpdateReason reason, string target, bool honestAfter = true)
    {
        _bench.Answer = served;
        Assert.Equal(1, await _bench.DownloadAsync(target));
        Assert.Equal(reason, _client.Refusal!.Reason);
        Assert.Empty(Directory.EnumerateFiles(_bench.TargetFolder, "*", new EnumerationOptions { AttributesToSkip = 0 }));
        _bench.Answer = path => Reply.Of(Repository.Fetch(path));
        if (!honestAfter) return;
        await InstallAsync("agent", "good agent");
        foreach (var file in Directory.EnumerateFiles(_bench.TargetFolder)) File.Delete(file);
    }

    private async Task<int> RefreshWithAsync(Func<string, Reply> served)
    {
        _bench.Answer = served;
        return await _bench.RefreshAsync();
    }

    private async Task InstallAsync(string target, string content)
    {
        Assert.True(await _bench.DownloadAsync(target) == 0, _client.Refusal?.Message);
        Assert.Equal([content], _bench.Downloaded());
    }
}
