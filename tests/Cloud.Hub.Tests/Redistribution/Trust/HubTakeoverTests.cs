using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Trust;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Edge.Tests.Models;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Artefacts;
using Hmas.Testing;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Redistribution.Trust;

/// <summary>
/// A real hub before a device's own model loop. The attacker holds the hub: its director, snapshot, timestamp and
/// package keys, its folder, its word to devices. The keepers' keys he lacks.
/// </summary>
public sealed class HubTakeoverTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TrustScene _scene = new();
    private SigningKey _packages = null!;
    private ModelOrders _orders = null!;
    private UpdaterRig _rig = null!;
    private ModelAssignment _second = null!;

    /// <summary>Releases 1 to 4 are signed offline; the device runs release 2, assigned by the honest hub.</summary>
    public async Task InitializeAsync()
    {
        await _scene.StartAsync(offline: true);
        _packages = SigningKey.Load(Path.Combine(_scene.Data, "signing.key"));
        StartDevice();
        foreach (var release in (long[])[1, 2, 3, 4]) await _scene.SignAsync(await AddAsync(release));
        await InstallAsync(1);
        _second = await InstallAsync(2);
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _orders.Dispose();
        _packages.Dispose();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task What_director_and_offline_keys_agree_on_is_installed()
    {
        var third = await InstallAsync(3);
        Assert.Equal(third.Digest, _rig.Answering);
    }

    [Fact]
    public async Task A_model_that_no_offline_key_signed_is_not_installed()
    {
        var evil = await AddAsync(9);
        await DirectAsync(ArtefactTarget.Model("fixture", 9, evil.Digest, (await PackageAsync(evil)).Span, HardwareClass.AnyOnly));
        await RefusedAsync(await OfferAsync(evil), "director");
    }

    [Fact]
    public async Task Targets_that_the_attacker_signs_himself_are_not_believed()
    {
        var evil = await AddAsync(9);
        var image = ArtefactTarget.Model("fixture", 9, evil.Digest, (await PackageAsync(evil)).Span, HardwareClass.AnyOnly);
        await DirectAsync(image);
        using var online = SigningKey.Load(Path.Combine(_scene.Images, "online.key"));
        using var own = SigningKey.Create();
        var soon = TimeProvider.System.GetUtcNow().AddDays(1);
        var files = new VersionedFiles(_scene.Images);
        var targets = MetadataWriter.Sign(MetadataWriter.Targets(99, soon, [image]), own, online);
        var snapshot = MetadataWriter.Sign(MetadataWriter.Snapshot(99, soon, 99, targets), online);
        files.Write(TargetsMetadata.Type, 99, targets);
        files.Write(SnapshotMetadata.Type, 99, snapshot);
        await File.WriteAllBytesAsync(
            Path.Combine(_scene.Images, "timestamp.json"), MetadataWriter.Sign(MetadataWriter.Timestamp(99, soon, 99, snapshot), online));
        await RefusedAsync(await OfferAsync(evil), "signature");
    }

    [Fact]
    public async Task Other_bytes_of_the_same_release_and_length_are_not_installed()
    {
        var third = await FindAsync(3);
        await DirectAsync(_scene.Hub.Get<ImageRepository>().Find(third.ToArtefact()));
        // The attacker's own lineage, as long as the true one, under his package signature.
        var mixed = _rig.Offer(3, key: _packages, change: manifest => manifest with { Lineage = manifest.Lineage with { RunId = "evil--3" } });
        Assert.Equal(third.PackageBytes, mixed.PackageBytes);
        Assert.NotEqual(third.Digest, mixed.Digest);
        await RefusedAsync(mixed, "director");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_older_release_is_not_installed_whether_as_an_update_or_as_a_way_back(bool restore)
    {
        await InstallAsync(3);
        var first = await FindAsync(1);
        await DirectAsync(_scene.Hub.Get<ImageRepository>().Find(first.ToArtefact()));
        await RefusedAsync(await OfferAsync(first) with { Restore = restore }, "older-release");
    }

    [Fact]
    public async Task The_release_counter_outlives_the_way_back_and_a_restart()
    {
        await InstallAsync(4);
        lock (_rig.Steps) _rig.Steps.Clear();
        await _rig.PlayUntilAsync(_second with { Restore = true }, SlotState.Committed);
        Assert.Equal(_second.Digest, _rig.Answering);
        await _rig.DisposeAsync();
        _orders.Dispose();
        StartDevice();
        var third = await FindAsync(3);
        await DirectAsync(_scene.Hub.Get<ImageRepository>().Find(third.ToArtefact()));
        // Newer than what answers, older than what once did.
        await RefusedAsync(await OfferAsync(third), "older-release");
    }

    [Fact]
    public async Task What_is_meant_for_other_hardware_is_not_installed()
    {
        var third = await FindAsync(3);
        await _scene.Hub.Get<Director>()
            .AssignAsync(new DeviceIdentity("d0", "pump-b"), _scene.Hub.Get<ImageRepository>().Find(third.ToArtefact()), default);
        await RefusedAsync(await OfferAsync(third), "director");
    }

    [Fact]
    public async Task What_the_director_never_said_is_not_installed_whatever_the_message_to_the_device_says()
    {
        await RefusedAsync(await OfferAsync(await FindAsync(3)), "director");
    }

    private void StartDevice()
    {
        var device = new DeviceOptions { Site = "site", Id = "d0", StateFolder = _scene.File("device") };
        var model = new ModelOptions { ImageRoot = _scene.FirstRoot("images"), DirectorRoot = _scene.FirstRoot(
            "director"), DownloadTimeout = TimeSpan.FromSeconds(60) };
        Directory.CreateDirectory(device.StateFolder);
        _orders = new ModelOrders(
            device, new Edge.Agent.Settings.HubOptions { Artefacts = _scene.Hub.Address(HubServices.Redistribution).AbsoluteUri }, model,
            TrustScene.Password, null, TimeProvider.System, NullLogger.Instance);
        _rig = new UpdaterRig(device.StateFolder, _packages, _orders);
        _rig.Start();
        _rig.Play(60);
    }

    private Task<ModelEntry> AddAsync(long release)
    {
        var onnx = FixturePackage.Onnx("half");
        return _scene.Hub.Get<IModelRegistry>().AddAsync(FixturePackage.Manifest(release, onnx), onnx, "test", default);
    }

    private async Task<ModelEntry> FindAsync(long release) =>
        (await _scene.Hub.Get<IModelRegistry>().ListAsync(default)).Single(entry => entry.Manifest.Release == release);

    private async Task<ReadOnlyMemory<byte>> PackageAsync(ModelEntry entry) =>
        (await _scene.Hub.Get<IModelRegistry>().PackageAsync(entry.Digest, default))!.Value;

    private async Task<ModelAssignment> OfferAsync(ModelEntry entry) =>
        _rig.Offer(entry.Digest, entry.Manifest.Release, (await PackageAsync(entry)).Span);

    private Task DirectAsync(TargetFile? image) =>
        _scene.Hub.Get<Director>().AssignAsync(new DeviceIdentity("d0", DeviceIdentity.GenericHardware), image, default);

    private async Task<ModelAssignment> InstallAsync(long release)
    {
        var entry = await FindAsync(release);
        await DirectAsync(_scene.Hub.Get<ImageRepository>().Find(entry.ToArtefact()));
        var assignment = await OfferAsync(entry);
        var told = await _rig.PlayUntilAsync(assignment, SlotState.Committed, SlotState.Refused);
        Assert.True(told.State == SlotState.Committed, $"release {release}: {told.Reason}: {told.Detail}");
        return assignment;
    }

    private async Task RefusedAsync(ModelAssignment assignment, string reason)
    {
        var answering = _rig.Answering;
        lock (_rig.Steps) _rig.Steps.Clear();
        var told = await _rig.PlayUntilAsync(assignment, SlotState.Refused, SlotState.Active);
        Assert.True(told.Reason == reason, $"expected {reason}, got {told.State}, {told.Reason}: {told.Detail}");
        Assert.Equal(answering, _rig.Answering);
    }
}
