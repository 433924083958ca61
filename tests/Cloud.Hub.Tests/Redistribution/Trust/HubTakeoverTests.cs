using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Artefacts;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;

namespace Cloud.Hub.Tests.Redistribution.Trust;

/// <summary>
/// A real hub before a device's own model loop. The attacker holds the hub: its director, snapshot, timestamp and
/// package keys, its folder, its word to devices. The keepers' keys he lacks.
/// </summary>
public sealed class HubTakeoverTests : IAsyncLifetime
{
    private readonly TrustScene _scene = new();
    private TrustingDevice _device = null!;
    private ModelAssignment _second = null!;

    /// <summary>Releases 1 to 4 are signed offline; the device runs release 2, assigned by the honest hub.</summary>
    public async Task InitializeAsync()
    {
        await _scene.StartAsync(offline: true);
        _device = new TrustingDevice(_scene);
        foreach (var release in (long[])[1, 2, 3, 4]) await _scene.SignAsync(await _device.AddAsync(release));
        await _device.InstallAsync(1);
        _second = await _device.InstallAsync(2);
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task What_director_and_offline_keys_agree_on_is_installed()
    {
        var third = await _device.InstallAsync(3);
        Assert.Equal(third.Digest, _device.Rig.Answering);
    }

    [Fact]
    public async Task A_model_that_no_offline_key_signed_is_not_installed()
    {
        var evil = await _device.AddAsync(9);
        await _device.DirectAsync(ArtefactTarget.Model("fixture", 9, evil.Digest, (await _device.PackageAsync(evil)).Span, HardwareClass.AnyOnly));
        await _device.RefusedAsync(await _device.OfferAsync(evil), "director");
    }

    [Fact]
    public async Task Targets_that_the_attacker_signs_himself_are_not_believed()
    {
        var evil = await _device.AddAsync(9);
        var image = ArtefactTarget.Model("fixture", 9, evil.Digest, (await _device.PackageAsync(evil)).Span, HardwareClass.AnyOnly);
        await _device.DirectAsync(image);
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
        await _device.RefusedAsync(await _device.OfferAsync(evil), "signature");
    }

    [Fact]
    public async Task Other_bytes_of_the_same_release_and_length_are_not_installed()
    {
        var third = await _device.FindAsync(3);
        await _device.DirectAsync(_scene.Hub.Get<ImageRepository>().Find(third.ToArtefact()));
        // The attacker's own lineage, as long as the true one, under his package signature.
        var mixed = _device.Rig.Offer(
            3, key: _device.Packages, change: manifest => manifest with { Lineage = manifest.Lineage with { RunId = "evil--3" } });
        Assert.Equal(third.PackageBytes, mixed.PackageBytes);
        Assert.NotEqual(third.Digest, mixed.Digest);
        await _device.RefusedAsync(mixed, "director");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_older_release_is_not_installed_whether_as_an_update_or_as_a_way_back(bool restore)
    {
        await _device.InstallAsync(3);
        var first = await _device.FindAsync(1);
        await _device.DirectAsync(_scene.Hub.Get<ImageRepository>().Find(first.ToArtefact()));
        await _device.RefusedAsync(await _device.OfferAsync(first) with { Restore = restore }, "older-release");
    }

    [Fact]
    public async Task The_release_counter_outlives_the_way_back_and_a_restart()
    {
        await _device.InstallAsync(4);
        lock (_device.Rig.Steps) _device.Rig.Steps.Clear();
        await _device.Rig.PlayUntilAsync(_second with { Restore = true }, SlotState.Committed);
        Assert.Equal(_second.Digest, _device.Rig.Answering);
        await _device.RestartAsync();
        var third = await _device.FindAsync(3);
        await _device.DirectAsync(_scene.Hub.Get<ImageRepository>().Find(third.ToArtefact()));
        // Newer than what answers, older than what once did.
        await _device.RefusedAsync(await _device.OfferAsync(third), "older-release");
    }

    [Fact]
    public async Task What_is_meant_for_other_hardware_is_not_installed()
    {
        var third = await _device.FindAsync(3);
        await _scene.Hub.Get<Director>()
            .AssignAsync(new DeviceIdentity("d0", "pump-b"), _scene.Hub.Get<ImageRepository>().Find(third.ToArtefact()), default);
        await _device.RefusedAsync(await _device.OfferAsync(third), "director");
    }

    [Fact]
    public async Task What_the_director_never_said_is_not_installed_whatever_the_message_to_the_device_says()
    {
        await _device.RefusedAsync(await _device.OfferAsync(await _device.FindAsync(3)), "director");
    }
}
