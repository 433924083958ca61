using System.Text;
using System.Text.Json.Nodes;
using Hmas.Testing;
using Hmas.Contracts.Artefacts;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Client;
using Shared.Tests.Trust.UpdateFramework.Conformance;

namespace Shared.Tests.Trust.Uptane;

/// <summary>
/// An attacker holds everything that is online: all keys of the director, and the image repository's snapshot
/// and timestamp keys. The offline targets and root keys are not his.
/// Whatever he serves, the device installs nothing unsigned, rolled back, mixed or meant for another device.
/// </summary>
public sealed class HubTakeoverTests : IAsyncLifetime, IDisposable
{
    private static readonly DeviceIdentity Device = new("pump-17", "pump-a");

    private readonly TempFolder _folder = new();
    private readonly LoopbackServer _server;
    private readonly SimulatedRepository _director;
    private readonly SimulatedRepository _images;
    private readonly Dictionary<string, long> _installed = new(StringComparer.Ordinal) { ["model"] = 2, ["agent"] = 1 };

    public HubTakeoverTests()
    {
        var now = TimeProvider.System.GetUtcNow();
        _director = new SimulatedRepository(now, "ed25519");
        _images = new SimulatedRepository(now, "ed25519");
        _images.Delegate("targets", "models", ["models/*"]);
        Release("models", "models/1", "model one", "model", 1, "pump-a");
        Release("models", "models/2", "model two", "model", 2, "pump-a", "pump-b");
        Release("models", "models/3", "model three", "model", 3, "pump-a");
        Release("models", "models/4-b", "model four for b", "model", 4, "pump-b");
        Release("targets", "agents/2", "agent two", "agent", 2, "pump-a");
        _images.Publish("models", "targets", "snapshot", "timestamp");
        _server = new LoopbackServer(path => Reply.Of(path.StartsWith("director/", StringComparison.Ordinal)
            ? _director.Fetch(path["director/".Length..]) : _images.Fetch(path["images/".Length..])));
        UpdateClient.Initialise(new MetadataFolder(_folder.File("director")), _director.Published["root"][0]);
        UpdateClient.Initialise(new MetadataFolder(_folder.File("images")), _images.Published["root"][0]);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_both_say_is_installed()
    {
        Assign("models/3");
        Assign("agents/2");
        Assert.Equal([("model", 3), ("agent", 2)], (await InstallAsync()).Select(order => (order.Artefact, order.Release)));
        Assert.Equal(["agent two", "model three"], Installed());
    }

    [Fact]
    public async Task The_installed_release_may_be_installed_again()
    {
        Assign("models/2");
        await InstallAsync();
        Assert.Equal(["model two"], Installed());
    }

    [Fact]
    public async Task Nothing_is_installed_where_nothing_is_assigned()
    {
        Assert.Empty(await InstallAsync());
        Assert.Empty(Installed());
    }

    [Fact]
    public async Task Bytes_that_no_offline_key_signed_are_not_installed()
    {
        Assign("models/3", "evil"u8.ToArray());
        await RefuseAsync(UpdateReason.Mismatch);
        Unassign();
        Assign("models/99", "evil"u8.ToArray());
        await RefuseAsync(UpdateReason.NotFound);
        Unassign();
        // Served under a rightly assigned name.
        Assign("models/3");
        _images.Artifacts["models/3"] = "evil four!!"u8.ToArray();
        await RefuseAsync(UpdateReason.Mismatch);
    }

    [Theory]
    [InlineData("models")]
    [InlineData("targets")]
    public async Task Image_metadata_that_no_offline_key_signed_is_not_believed(string role)
    {
        _images.Signers[role] = [SimulatedKey.Create()];
        Release(role, role == "models" ? "models/9" : "agents/9", "evil", "model", 9, "pump-a");
        Assign(role == "models" ? "models/9" : "agents/9");
        _images.Publish(role, "snapshot", "timestamp");
        await RefuseAsync(UpdateReason.Signature);
    }

    [Fact]
    public async Task An_older_release_is_not_installed()
    {
        Assign("models/1");
        await RefuseAsync(UpdateReason.Rollback);
    }

    [Fact]
    public async Task An_older_image_repository_is_not_believed()
    {
        Assign("models/3");
        await InstallAsync();
        foreach (var file in Directory.EnumerateFiles(_folder.File("installed"))) File.Delete(file);
        var old = _images.Published["models"][0];
        _images.Publish("models", "snapshot", "timestamp");
        Assert.Single(await InstallAsync());
        foreach (var file in Directory.EnumerateFiles(_folder.File("installed"))) File.Delete(file);
        // His snapshot lists the old version again, or the old file under the new version.
        _images.Snapshot["meta"]!["models.json"]!["version"] = 1;
        _images.Publish("snapshot", "timestamp");
        await RefuseAsync(UpdateReason.Rollback);
        _images.Snapshot["meta"]!["models.json"]!["version"] = 3;
        _images.Published["models"].Add(old);
        _images.Publish("snapshot", "timestamp");
        await RefuseAsync(UpdateReason.Mismatch);
    }

    [Theory]
    [InlineData("pump-18", "pump-a")]
    [InlineData("pump-17", "pump-b")]
    [InlineData("", "")]
    public async Task What_is_meant_for_another_device_is_not_installed(string device, string hardware)
    {
        Assign("models/2", device: device, hardware: hardware);
        await RefuseAsync(UpdateReason.NotForThisDevice);
    }

    [Fact]
    public async Task What_is_made_for_other_hardware_is_not_installed_though_the_director_says_it_fits()
    {
        Assign("models/4-b");
        await RefuseAsync(UpdateReason.NotForThisDevice);
    }

    [Fact]
    public async Task What_is_made_for_any_hardware_is_installed_where_the_director_names_this_devices_own()
    {
        Release("targets", "agents/7", "agent seven", "agent", 7, HardwareClass.Any);
        _images.Publish("targets", "snapshot", "timestamp");
        Assign("agents/7", hardware: HardwareClass.Any);
        await RefuseAsync(UpdateReason.NotForThisDevice);
        Unassign();
        Assign("agents/7");
        await InstallAsync();
        Assert.Equal(["agent seven"], Installed());
    }

    [Theory]
    [InlineData("models/1", UpdateReason.Rollback)]
    [InlineData("models/4-b", UpdateReason.NotForThisDevice)]
    [InlineData("models/3", UpdateReason.Mismatch)]
    public async Task A_bundle_with_one_wrong_part_is_refused_whole(string wrong, UpdateReason reason)
    {
        Assign("agents/2");
        Assign(wrong, reason == UpdateReason.Mismatch ? "mixed"u8.ToArray() : null);
        await RefuseAsync(reason);
    }

    [Fact]
    public async Task Two_releases_of_one_artefact_are_not_installed_at_once()
    {
        Assign("models/2");
        Assign("models/3");
        await RefuseAsync(UpdateReason.Mismatch);
    }

    [Fact]
    public async Task The_director_cannot_delegate()
    {
        Assign("models/3");
        _director.Delegate("targets", "accomplice");
        _director.Publish("accomplice", "targets", "snapshot", "timestamp");
        await RefuseAsync(UpdateReason.Format);
    }

    [Fact]
    public async Task The_directors_keys_open_nothing_in_the_image_repository()
    {
        foreach (var role in new[] { "root", "timestamp", "snapshot", "targets" }) _images.Signers[role] = _director.Signers[role];
        Release("targets", "agents/3", "evil", "agent", 3, "pump-a");
        Assign("agents/3");
        _images.Publish("root", "targets", "snapshot", "timestamp");
        await RefuseAsync(UpdateReason.Signature);
    }

    [Theory]
    [InlineData("""{"sha512":"00"}""")]
    [InlineData("""{"md5":"00"}""")]
    public async Task Hashes_that_only_one_side_states_are_no_agreement(string hashes)
    {
        Assign("models/3");
        _director.Targets["targets"]!["models/3"]!["hashes"] = JsonNode.Parse(hashes);
        await RefuseAsync(UpdateReason.Mismatch);
    }

    [Theory]
    [InlineData("""{"artefact":"","release":3,"hardware":["pump-a"]}""")]
    [InlineData("""{"artefact":"model","release":0,"hardware":["pump-a"]}""")]
    [InlineData("""{"artefact":"model","release":3,"hardware":[]}""")]
    [InlineData("""{"artefact":"model","release":3,"hardware":"pump-a"}""")]
    [InlineData("{}")]
    public async Task Terms_that_do_not_say_what_it_is_are_refused(string terms)
    {
        Assign("models/3");
        _images.Content["models"]["targets"]!["models/3"]!["custom"]!["hmas"] = JsonNode.Parse(terms);
        _images.Publish("models", "snapshot", "timestamp");
        await RefuseAsync(UpdateReason.Format);
    }

    [Fact]
    public async Task A_target_without_terms_is_refused()
    {
        Assign("models/3");
        ((JsonObject)_director.Targets["targets"]!["models/3"]!).Remove("custom");
        await RefuseAsync(UpdateReason.Format);
    }

    private void Release(string role, string path, string content, string artefact, long release, params string[] hardware) =>
        _images.AddTarget(role, path, Encoding.UTF8.GetBytes(content))["custom"] = new JsonObject
        {
            ["hmas"] = new JsonObject { ["artefact"] = artefact, ["release"] = release, ["hardware"] = new JsonArray(
                [.. hardware.Select(name => (JsonNode)name)]) },
        };

    private void Assign(string path, byte[]? content = null, string device = "pump-17", string hardware = "pump-a") =>
        _director.AddTarget(
            "targets", path,
            content ?? _images.Artifacts[path])["custom"] =
                new JsonObject { ["hmas"] = new JsonObject { ["device"] = device, ["hardware"] = hardware } };

    private void Unassign() => _director.Targets["targets"] = new JsonObject();

    private async Task<IReadOnlyList<InstallOrder>> InstallAsync()
    {
        _director.Publish("targets", "snapshot", "timestamp");
        var limits = new UpdateLimits();
        using var fetcher = new HttpFetcher(limits, TimeProvider.System);
        UpdateClient Client(string name) =>
            new(new MetadataFolder(_folder.File(name)), new Mirrors([$"{_server.Address}/{name}/metadata"]), fetcher, limits, TimeProvider.System);
        var images = Client("images");
        var plan = await new AssignedUpdate(Device, Client("director"), images).PlanAsync(_installed, default);
        foreach (var order in plan)
            await images.DownloadAsync(
                order.Image, new Mirrors([$"{_server.Address}/images/targets"]), new TargetFolder(_folder.File("installed")), default);
        return plan;
    }

    private async Task RefuseAsync(UpdateReason reason)
    {
        var refusal = await Assert.ThrowsAsync<UpdateException>(InstallAsync);
        Assert.True(refusal.Reason == reason, $"expected {reason}, got {refusal.Reason}: {refusal.Message}");
        Assert.Empty(Installed());
    }

    private IEnumerable<string> Installed() =>
        Directory.Exists(_folder.File("installed"))
            ? Directory.EnumerateFiles(_folder.File("installed"), "*", new EnumerationOptions { AttributesToSkip = 0 }).Order(StringComparer.Ordinal)
                .Select(File.ReadAllText) : [];
}
