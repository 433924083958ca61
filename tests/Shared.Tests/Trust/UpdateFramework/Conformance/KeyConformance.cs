using System.Text.Json.Nodes;

namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>What the public suite's <c>test_keys</c> asks of a client, and the key rules of specification 4.2 and 4.3.</summary>
public abstract class KeyConformance : IAsyncLifetime
{
    private readonly Bench _bench;

    protected KeyConformance(IClientUnderTest client) => _bench = new Bench(client);

    private SimulatedRepository Repository => _bench.Repository;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_snapshot_below_its_threshold_is_refused()
    {
        Repository.RootRole("snapshot")["threshold"] = 3;
        Repository.AddKey("snapshot");
        Repository.AddKey("snapshot");
        Repository.Publish("root", "targets", "snapshot", "timestamp");
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.Signers["snapshot"].RemoveAt(0);
        Repository.Publish("targets", "snapshot", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(2, _bench.VersionOf("snapshot"));
    }

    [Fact]
    public async Task A_role_with_fewer_keys_than_its_threshold_is_never_accepted()
    {
        await _bench.InitAsync();
        for (var i = 0; i < 4; i++) Repository.AddKey("snapshot");
        Repository.RootRole("snapshot")["threshold"] = 6;
        Repository.Publish("root", "snapshot", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(["root 2", "timestamp 2"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task One_key_listed_and_signing_many_times_is_one_signer()
    {
        await _bench.InitAsync();
        var key = Repository.AddKey("snapshot");
        for (var i = 0; i < 8; i++) Repository.AddKey("snapshot", key);
        Repository.RootRole("snapshot")["threshold"] = 6;
        Repository.Publish("root", "snapshot", "timestamp");
        Repository.Tamper("snapshot", file =>
        {
            for (var i = 0; i < 8; i++) ((JsonArray)file["signatures"]!).Add(file["signatures"]![1]!.DeepClone());
        });
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Null(_bench.VersionOf("snapshot"));
    }

    [Fact]
    public async Task One_key_under_several_ids_is_one_signer()
    {
        await _bench.InitAsync();
        var key = Repository.Signers["snapshot"][0];
        Repository.RootRole("snapshot")["threshold"] = 2;
        // The same key with another field: another id, which is correct for it.
        key.Public["alias"] = "second";
        key.Recalculate();
        Repository.AddKey("snapshot", key);
        Repository.Publish("root", "snapshot", "timestamp");
        var first = (string)((JsonArray)Repository.RootRole("snapshot")["keyids"]!)[0]!;
        Repository.Tamper(
            "snapshot",
            file => ((JsonArray)file["signatures"]!).Add(new JsonObject { ["keyid"] = first, ["sig"] = (string)file["signatures"]![0]!["sig"]! }));
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(["root 2", "timestamp 2"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_key_id_that_signs_twice_spoils_the_file()
    {
        await _bench.InitAsync();
        Repository.Tamper("snapshot", file => ((JsonArray)file["signatures"]!).Add(file["signatures"]![0]!.DeepClone()));
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Null(_bench.VersionOf("snapshot"));
    }

    [Fact]
    public async Task A_key_id_is_only_a_name()
    {
        await _bench.InitAsync();
        // As repositories do it that hash a key without its custom fields, or by another hash.
        foreach (var role in new[] { "root", "timestamp", "snapshot", "targets" })
        {
            // The old root key signs its own succession.
            if (role != "root") Repository.ClearKeys(role);
            var key = SimulatedKey.Create();
            key.Rename($"the key of {role}");
            key.Public["x-keyowner"] = "somebody";
            Repository.AddKey(role, key);
        }

        Repository.RootRole("root")["threshold"] = 2;
        Repository.Publish("root", "targets", "snapshot", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(["root 2", "snapshot 2", "targets 2", "timestamp 2"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task A_field_added_to_a_key_changes_neither_its_id_nor_what_it_signs()
    {
        await _bench.InitAsync();
        Assert.Equal(0, await _bench.RefreshAsync());
        foreach (var key in (JsonObject)Repository.Root["keys"]!) key.Value!["keyid_hash_algorithms"] = "md5";
        Repository.Publish("root");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(["root 2", "snapshot 1", "targets 1", "timestamp 1"], _bench.TrustedRoles());
    }

    [Fact]
    public async Task Another_key_under_a_known_id_is_another_signer()
    {
        await _bench.InitAsync();
        for (var i = 0; i < 9; i++) Repository.Publish("timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        var old = Repository.Signers["timestamp"][0];
        Repository.Root["keys"]![old.Id] = SimulatedKey.Create().Public;
        Repository.Publish("root", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
        // The versions that the old key signed may have been an attacker's, so they are forgotten.
        Assert.Null(_bench.VersionOf("timestamp"));
    }

    [Theory]
    [InlineData("rsassa-pss-sha256", null)]
    [InlineData("ecdsa-sha2-nistp256", null)]
    [InlineData("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256")]
    [InlineData("ed25519", null)]
    public async Task A_scheme_verifies_its_signatures_and_no_others(string scheme, string? keyType)
    {
        await _bench.InitAsync();
        var key = Repository.AddKey("root", SimulatedKey.Create(scheme, keyType));
        Repository.RootRole("root")["threshold"] = 2;
        Repository.Publish("root");
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(2, _bench.VersionOf("root"));
        Repository.Publish("root");
        var other = Convert.ToHexStringLower(key.Sign("something else"u8.ToArray()));
        Repository.Tamper("root", file => file["signatures"]!.AsArray().Single(entry => (string?)entry!["keyid"] == key.Id)!["sig"] = other);
        Assert.Equal(1, await _bench.RefreshAsync());
        Assert.Equal(2, _bench.VersionOf("root"));
    }

    [Theory]
    [InlineData(
        "3045022100fa1f62d38e0f5c565fa23e5d230086258427d87f024c146071966deefde55468022100b3347b4bd9ba6701ca6cef949d04b5742394b9f8c4417933e5d4fa76c3ca3a98")]
    [InlineData("")]
    [InlineData("not hexadecimal")]
    [InlineData("abc")]
    public async Task An_invalid_signature_beside_enough_valid_ones_does_no_harm(string signature)
    {
        await _bench.InitAsync();
        Repository.AddKey("timestamp");
        Repository.Publish("root", "timestamp");
        Repository.Tamper("timestamp", file => file["signatures"]![0]!["sig"] = signature);
        Assert.Equal(0, await _bench.RefreshAsync());
        Assert.Equal(2, _bench.VersionOf("timestamp"));
    }

    [Fact]
    public async Task A_key_on_an_unknown_curve_never_signs_and_does_no_harm()
    {
        await _bench.InitAsync();
        var key = SimulatedKey.Create();
        // The curve's number in the key, 1.2.840.10045.3.1.7, becomes 1.2.840.10045.3.33.7.
        var known = Convert.FromBase64String(string.Concat(((string)key.Public["keyval"]!["public"]!).Split('\n')[1..^2]));
        known[known.AsSpan().IndexOf(new byte[] { 0xCE, 0x3D, 0x03, 0x01, 0x07 }) + 3] = 33;
        key.Public["keyval"]!["public"] = $"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String(known)}\n-----END PUBLIC KEY-----\n";
        Repository.AddKey("timestamp", key);
        Repository.Publish("root", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.RootRole("timestamp")["threshold"] = 2;
        Repository.Publish("root", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
    }

    [Fact]
    public async Task A_key_of_an_unknown_scheme_never_signs_and_does_no_harm()
    {
        await _bench.InitAsync();
        var key = SimulatedKey.Create();
        key.Public["scheme"] = "ml-dsa-65";
        key.Public["keytype"] = "ml-dsa";
        key.Recalculate();
        Repository.AddKey("timestamp", key);
        Repository.Publish("root", "timestamp");
        Assert.Equal(0, await _bench.RefreshAsync());
        Repository.RootRole("timestamp")["threshold"] = 2;
        Repository.Publish("root", "timestamp");
        Assert.Equal(1, await _bench.RefreshAsync());
    }
}
