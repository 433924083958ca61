using System.Net;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Testing;
using Hmas.Contracts.Artefacts;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Client;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cloud.Hub.Tests.Redistribution.Trust;

/// <summary>Director and image repository of a real hub, asked by the library's own client.</summary>
public sealed class RepositoriesTests
{
    [Fact]
    public async Task A_client_that_knows_only_the_first_root_downloads_a_model_from_a_running_hub()
    {
        await using var scene = new TrustScene();
        await scene.StartAsync(offline: false);
        var entry = await RedistributionScene.AddModelAsync(scene.Hub, 1);
        Assert.Equal(await PackageAsync(scene, entry), await DownloadAsync(scene, entry));
        foreach (var key in (string[])["root.key", "targets.key", "director.key", "images/online.key"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(scene.Data, "trust", key)));

        // A hub that starts again goes on with what it had.
        await scene.StartAsync(offline: false);
        var next = await RedistributionScene.AddModelAsync(scene.Hub, 2);
        Assert.Equal(await PackageAsync(scene, next), await DownloadAsync(scene, next));
        Assert.Equal(await PackageAsync(scene, entry), await DownloadAsync(scene, entry));
    }

    [Fact]
    public async Task Nobody_unknown_reads_anything_and_no_name_leads_to_a_key()
    {
        await using var scene = new TrustScene();
        await scene.StartAsync(offline: false);
        using var nobody = scene.Hub.Http(HubServices.Redistribution, token: "");
        foreach (var path in (string[])["images/metadata/timestamp.json", "images/targets/models/a/b", "director/d0/timestamp.json"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(new Uri(scene.Address(path)))).StatusCode);
        using var client = scene.Hub.Http(HubServices.Redistribution);
        foreach (var path in (string[])[
            "images/metadata/online.key", "images/metadata/..%2Froot.key", "images/metadata/1.online.json", "images/targets/models/pump/0.1-abc.hmas",
            "images/targets/online.key", "director/d0/1.key.json", "director/d0/timestamp.json"])
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(scene.Address(path)))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(scene.Address("director/d0/1.root.json")))).StatusCode);
    }

    [Fact]
    public async Task A_model_without_offline_signatures_waits_and_is_rolled_out_once_it_has_them()
    {
        await using var scene = new TrustScene();
        await scene.StartAsync(offline: true);
        Assert.False(File.Exists(Path.Combine(scene.Data, "trust", "root.key")));
        var entry = await RedistributionScene.AddModelAsync(scene.Hub, 1);
        scene.Fleet.Add("d0");
        var refused =
            await Assert.ThrowsAsync<RolloutRefusedException>(() => scene.Hub.Get<IRollouts>()
                .StartAsync(RedistributionScene.Request(entry.Digest), default));
        Assert.Contains("waiting for signatures", refused.Message, StringComparison.Ordinal);
        await scene.SignAsync(entry);
        await scene.Hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(entry.Digest), default);
        Assert.Equal(await PackageAsync(scene, entry), await DownloadAsync(scene, entry));
    }

    [Fact]
    public async Task Posted_targets_are_taken_only_with_the_threshold_of_offline_signatures()
    {
        await using var scene = new TrustScene();
        await scene.StartAsync(offline: true);
        var entry = await RedistributionScene.AddModelAsync(scene.Hub, 1);
        var image = ArtefactTarget.Model("pump", 1, entry.Digest, await PackageAsync(scene, entry), HardwareClass.AnyOnly);
        var unsigned = MetadataWriter.Targets(2, TimeProvider.System.GetUtcNow().AddDays(1), [image]);
        using var one = SigningKey.Load(scene.File("keys/targets-1.key"));
        using var two = SigningKey.Load(scene.File("keys/targets-2.key"));
        using var stranger = SigningKey.Create();
        using var client = scene.Hub.Http(HubServices.Redistribution);
        async Task<HttpStatusCode> PostAsync(byte[] body) =>
            (await client.PostAsync(new Uri(scene.Address("images/targets")), new ByteArrayContent(body))).StatusCode;
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync("{}"u8.ToArray()));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(MetadataWriter.Sign(unsigned, one)));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(MetadataWriter.Sign(unsigned, one, stranger)));
        Assert.Null(scene.Hub.Get<ImageRepository>().Find(entry.ToArtefact()));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(MetadataWriter.Sign(unsigned, one, two)));
        Assert.NotNull(scene.Hub.Get<ImageRepository>().Find(entry.ToArtefact()));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(MetadataWriter.Sign(unsigned, one, two)));
    }

    [Fact]
    public async Task Metadata_is_renewed_before_it_expires_and_a_client_of_old_follows()
    {
        using var folder = new TempFolder();
        var (paths, time) = (new HubPaths(folder.Path), new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await using var tables = new RegistryTables(paths, NullLogger<RegistryTables>.Instance);
        using var images = new ImageRepository(paths, Options.Create(new RedistributionOptions()), time, NullLogger<ImageRepository>.Instance);
        using var director = new Director(paths, tables, Options.Create(new RedistributionOptions()), time, NullLogger<Director>.Instance);
        var image = ArtefactTarget.Model("pump", 1, ModelPackage.DigestOf("m"u8), "package"u8, HardwareClass.AnyOnly);
        images.Vouch([image]);
        await director.AssignAsync(new DeviceIdentity("d0", "generic"), image, default);
        byte[]? ImageFile(string name) => images.FileOf(name) is { } path ? File.ReadAllBytes(path) : null;
        var (imageRoot, directorRoot) = (ImageFile("1.root.json")!, (await director.FileAsync("d0", "1.root.json", default))!);
        for (var month = 0; month < 14; month++)
        {
            Assert.Equal(
                image.Path, Assert.Single((await FollowAsync(name => Task.FromResult(ImageFile(name)), imageRoot, time.GetUtcNow())).Targets).Key);
            Assert.Equal(
                image.Path,
                Assert.Single((await FollowAsync(name => director.FileAsync("d0", name, default), directorRoot, time.GetUtcNow())).Targets).Key);
            time.Advance(TimeSpan.FromDays(29));
            images.Renew();
            director.Renew();
        }

        Assert.True(images.State!.Root.Header.Version > 1 && director.RootHeader.Version > 1, "a year has passed and a root is still the first one");
    }

    [Fact]
    public async Task After_a_theft_of_the_directors_key_keepers_name_another_and_devices_follow_by_themselves()
    {
        await using var scene = new TrustScene();
        await scene.StartAsync(offline: false, offlineDirector: true);
        var entry = await RedistributionScene.AddModelAsync(scene.Hub, 1);
        await AssignAsync(scene, entry);
        var device = new DeviceIdentity("d0", DeviceIdentity.GenericHardware);
        using var fetcher = scene.Fetcher();
        Task<IReadOnlyList<InstallOrder>> PlanAsync() =>
            new AssignedUpdate(
                device, scene.Client(fetcher, "director", "director/d0"), scene.Client(fetcher, "images", "images/metadata")).PlanAsync(
                    new Dictionary<string, long>(), default);
        Assert.Single(await PlanAsync());

        // The thief has the hub's key, and so signs what he likes for a device, but no root.
        using var stolen = SigningKey.Load(Path.Combine(scene.Director, "online.key"));
        var first = await File.ReadAllBytesAsync(scene.FirstRoot("director"));
        var thief = new RoleSigners([stolen.PublicKey], 1);
        var his = MetadataWriter.Sign(
            MetadataWriter.Root(2, TimeProvider.System.GetUtcNow().AddDays(300), new TopLevelRoles(thief, thief, thief, thief)), stolen);
        Assert.Equal(
            UpdateReason.Signature,
            Assert.Throws<UpdateException>(() => TrustedMetadata.Begin(first, TimeProvider.System.GetUtcNow()).AcceptRoot(his)).Reason);

        Assert.True(scene.DirectorKeepers().Rotate("online", null, null));
        scene.Hub.Get<Director>().Renew();
        Assert.Equal(2, scene.Hub.Get<Director>().RootHeader.Version);
        var order = Assert.Single(await PlanAsync());
        Assert.Equal(entry.ToArtefact().TargetPath, order.Image.Path);
        var follower = TrustedMetadata.Begin(first, TimeProvider.System.GetUtcNow());
        follower.AcceptRoot(await File.ReadAllBytesAsync(Path.Combine(scene.Director, "2.root.json")));
        var targets = MetadataWriter.Sign(MetadataWriter.Timestamp(99, TimeProvider.System.GetUtcNow().AddDays(1), 99, "{}"u8), stolen);
        Assert.Equal(UpdateReason.Signature, Assert.Throws<UpdateException>(() => follower.AcceptTimestamp(targets)).Reason);
    }

    [Fact]
    public async Task A_director_root_that_does_not_name_the_hubs_key_is_not_taken_and_a_hub_without_one_says_what_to_do()
    {
        await using var scene = new TrustScene();
        await scene.StartAsync(offline: false, offlineDirector: true);
        var director = scene.Hub.Get<Director>();
        Assert.True(director.IsRootOffline);
        Assert.True(scene.DirectorKeepers().Rotate("online", null, null));
        using (var other = SigningKey.Create()) other.Save(Path.Combine(scene.Director, "other.key"));
        File.Move(Path.Combine(scene.Director, "other.key"), Path.Combine(scene.Director, "online.key"), overwrite: true);
        director.Renew();
        Assert.Equal(1, director.RootHeader.Version);

        using var folder = new TempFolder();
        var refused = Assert.Throws<HubStartException>(() => new DirectorRoot(
            folder.Path, isOffline: true, TimeProvider.System, NullLogger.Instance));
        Assert.Contains("hmas keys init --director", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeat_changes_nothing_and_another_assignment_takes_the_next_version()
    {
        await using var scene = new TrustScene();
        await scene.StartAsync(offline: false);
        var entry = await RedistributionScene.AddModelAsync(scene.Hub, 1);
        var director = scene.Hub.Get<Director>();
        async Task<long> VersionAsync() => TimestampMetadata.Read((await director.FileAsync("d0", "timestamp.json", default))!).Body.Header.Version;
        await AssignAsync(scene, entry);
        await AssignAsync(scene, entry);
        Assert.Equal(1, await VersionAsync());
        await director.AssignAsync(new DeviceIdentity("d0", "generic"), null, default);
        Assert.Equal(2, await VersionAsync());
        using var fetcher = scene.Fetcher();
        var device = new DeviceIdentity("d0", "generic");
        Assert.Empty(
            await new AssignedUpdate(
                device, scene.Client(fetcher, "director", "director/d0"), scene.Client(fetcher, "images", "images/metadata")).PlanAsync(
                    new Dictionary<string, long>(), default));
    }

    [Fact]
    public async Task A_device_reads_what_the_director_says_of_it_and_of_no_other()
    {
        await using var scene = new TrustScene();
        await scene.StartAsync(offline: false);
        await scene.Hub.Get<Director>().AssignAsync(new DeviceIdentity("d0", "generic"), null, default);
        await scene.Hub.Get<Director>().AssignAsync(new DeviceIdentity("d1", "generic"), null, default);
        using var device = scene.Hub.Http(HubServices.Redistribution, token: "");
        device.DefaultRequestHeaders.Authorization = new(
            "Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"d0:{TrustScene.Password}")));
        Assert.Equal(HttpStatusCode.OK, (await device.GetAsync(new Uri(scene.Address("director/d0/timestamp.json")))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await device.GetAsync(new Uri(scene.Address("director/d1/timestamp.json")))).StatusCode);
    }

    private static Task AssignAsync(TrustScene scene, ModelEntry entry) =>
        scene.Hub.Get<Director>()
            .AssignAsync(new DeviceIdentity("d0", "generic"), scene.Hub.Get<ImageRepository>().Find(entry.ToArtefact()), default);

    /// <summary>A device that knows the first root only.</summary>
    private static async Task<TargetsMetadata> FollowAsync(Func<string, Task<byte[]?>> file, byte[] firstRoot, DateTimeOffset now)
    {
        var device = TrustedMetadata.Begin(firstRoot, now);
        while (await file($"{device.Root.Header.Version + 1}.root.json") is { } next) device.AcceptRoot(next);
        device.EndRoots();
        device.AcceptTimestamp((await file("timestamp.json"))!);
        device.AcceptSnapshot((await file($"{device.Timestamp!.Snapshot.Version}.snapshot.json"))!);
        return device.AcceptTargets((await file($"{device.Listed(TargetsMetadata.Type).Version}.targets.json"))!);
    }

    private static async Task<byte[]> PackageAsync(TrustScene scene, ModelEntry entry) =>
        (await scene.Hub.Get<IModelRegistry>().PackageAsync(entry.Digest, default))!.Value.ToArray();

    private static async Task<byte[]> DownloadAsync(TrustScene scene, ModelEntry entry)
    {
        using var fetcher = scene.Fetcher();
        var client = scene.Client(fetcher, "images", "images/metadata");
        await client.RefreshAsync(default);
        var target = await client.FindAsync(
            ArtefactTarget.PathOf(ArtefactKind.Model, entry.Manifest.Name, entry.Manifest.Release, entry.Digest), default);
        return await File.ReadAllBytesAsync(
            await client.DownloadAsync(target, new Mirrors([scene.Address("images/targets")]), new TargetFolder(scene.File("downloads")), default));
    }
}
