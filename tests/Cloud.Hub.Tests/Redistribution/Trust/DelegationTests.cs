using System.Net;
using System.Text.Json.Nodes;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts.Artefacts;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;
using Operator.Cli.Keys;

namespace Cloud.Hub.Tests.Redistribution.Trust;

/// <summary>A team that releases the models of some paths by its own keys, before a device's own model loop. The model is called fixture.</summary>
public sealed class DelegationTests : IAsyncLifetime
{
    private readonly TrustScene _scene = new();
    private TrustingDevice _device = null!;

    /// <summary>The fleet's keepers have signed release 1, which the device runs.</summary>
    public async Task InitializeAsync()
    {
        await _scene.StartAsync(offline: true);
        _device = new TrustingDevice(_scene);
        await _scene.SignAsync(await _device.AddAsync(1));
        await _device.InstallAsync(1);
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task A_package_below_the_path_is_installed_once_two_of_the_team_have_signed_and_no_keeper_of_the_fleet()
    {
        Trust("team", "models/fixture/*");
        var entry = await _device.AddAsync(2);
        Assert.Null(Images.Find(entry.ToArtefact()));
        await SignAsync("team", entry);
        var installed = await _device.InstallAsync(2);
        Assert.Equal(installed.Digest, _device.Rig.Answering);
        // What the fleet's keepers released before stays.
        Assert.NotNull(Images.Find((await _device.FindAsync(1)).ToArtefact()));
    }

    [Fact]
    public async Task What_the_team_signs_outside_of_its_path_is_not_installed()
    {
        Trust("team", "models/other-*/*");
        var entry = await _device.AddAsync(2);
        var refused = await Assert.ThrowsAsync<UpdateException>(() => SignAsync("team", entry));
        Assert.Contains("is not for team to sign, which is trusted for models/other-*/*", refused.Message, StringComparison.Ordinal);
        var image = await ImageAsync(entry);
        await PostAsync("team", Signed("team", 1, image), HttpStatusCode.NoContent);
        Assert.Null(Images.Find(entry.ToArtefact()));
        await _device.DirectAsync(image);
        await _device.RefusedAsync(await _device.OfferAsync(entry), "director");
    }

    [Fact]
    public async Task What_only_a_revoked_team_signed_is_not_installed_and_all_else_still_is()
    {
        Trust("team", "models/fixture/*");
        var entry = await _device.AddAsync(2);
        await SignAsync("team", entry);
        await _device.InstallAsync(2);
        var third = await _device.AddAsync(3);
        await SignAsync("team", third);
        Assert.NotNull(Images.Find(third.ToArtefact()));
        _scene.Keepers(_scene.Images).Delegate("team", null);
        Images.Renew();
        Assert.Null(Images.Find(third.ToArtefact()));
        await _device.DirectAsync(await ImageAsync(third));
        await _device.RefusedAsync(await _device.OfferAsync(third), "director");
        await PostAsync("team", Signed("team", 9, await ImageAsync(third)), HttpStatusCode.Conflict);
        await _scene.SignAsync(await _device.AddAsync(4));
        await _device.InstallAsync(4);
    }

    [Fact]
    public async Task After_a_change_of_keys_what_the_old_ones_signed_counts_no_more_until_the_new_ones_have_signed_it()
    {
        Trust("team", "models/fixture/*");
        var entry = await _device.AddAsync(2);
        await SignAsync("team", entry);
        Directory.Move(_scene.File("team"), _scene.File("old-team"));
        Trust("team", "models/fixture/*");
        Images.Renew();
        Assert.Null(Images.Find(entry.ToArtefact()));
        await _device.DirectAsync(await ImageAsync(entry));
        await _device.RefusedAsync(await _device.OfferAsync(entry), "signature");
        await RolesSayAsync("team of the images repository is not signed by its present keys: hmas keys sign --role team");
        await MetricSaysDueAsync();
        // A device does not try again what it refused; the next release comes with what was signed before.
        await SignAsync("team", await _device.AddAsync(3));
        await _device.InstallAsync(3);
        Assert.NotNull(Images.Find(entry.ToArtefact()));
        await RolesSayAsync(null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_terminating_role_ends_the_search_and_another_does_not(bool terminating)
    {
        Trust("first", "models/*/*", terminating);
        Trust("second", "models/fixture/*");
        await PostAsync("first", Signed("first", 1), HttpStatusCode.NoContent);
        var entry = await _device.AddAsync(2);
        var image = await ImageAsync(entry);
        await PostAsync("second", Signed("second", 1, image), HttpStatusCode.NoContent);
        Assert.Equal(terminating, Images.Find(entry.ToArtefact()) is null);
        if (!terminating)
        {
            await _device.InstallAsync(2);
            return;
        }

        await _device.DirectAsync(image);
        await _device.RefusedAsync(await _device.OfferAsync(entry), "director");
    }

    [Fact]
    public async Task The_hub_takes_no_file_of_a_role_that_devices_would_refuse()
    {
        Trust("team", "models/fixture/*");
        using var one = SigningKey.Load(_scene.File("team/team-1.key"));
        var alone = MetadataWriter.Sign(MetadataWriter.Targets(1, Soon, []), one);
        await PostAsync("team", alone, HttpStatusCode.Conflict);
        await PostAsync("nobody", Signed("team", 1), HttpStatusCode.Conflict);
        var further = new DelegationTerms("below", new RoleSigners([one.PublicKey], 1), ["models/fixture/*"], false);
        await PostAsync("team", Sign("team", MetadataWriter.Targets(1, Soon, [], further)), HttpStatusCode.Conflict);
        await PostAsync("team", Sign("team", MetadataWriter.Targets(1, DateTimeOffset.UnixEpoch, [])), HttpStatusCode.Conflict);
        await PostAsync("team", Signed("team", 2), HttpStatusCode.NoContent);
        await PostAsync("team", Signed("team", 2), HttpStatusCode.Conflict);
        await PostAsync("team", Signed("team", 1), HttpStatusCode.Conflict);
        // Put into the folder past the door: the state before stays.
        new VersionedFiles(_scene.Images).Write("team", 3, alone);
        Images.Renew();
        Assert.Equal(2, Assert.Single(Images.State!.Delegated).Targets!.Header.Version);
    }

    private static DateTimeOffset Soon => TimeProvider.System.GetUtcNow().AddDays(100);

    private ImageRepository Images => _scene.Hub.Get<ImageRepository>();

    /// <summary>The fleet's keepers trust new keys of a role, two of three.</summary>
    private void Trust(string role, string path, bool terminating = false)
    {
        Ceremony.MakeKeys(_scene.File(role), role, 3, null);
        var signers = new RoleSigners(PublicKeyFile.Read(_scene.File($"{role}/{role}.pub")), 2);
        Assert.Equal((3, 2), _scene.Keepers(_scene.Images).Delegate(role, new DelegationTerms(role, signers, [path], terminating)));
        Images.Renew();
    }

    private Ceremony Team(string role) => new(_scene.File(role), _scene.Images, static _ => "", TimeProvider.System);

    private async Task SignAsync(string role, ModelEntry entry)
    {
        var package = _scene.File($"{entry.Manifest.Release}.hmas");
        await File.WriteAllBytesAsync(package, (await _device.PackageAsync(entry)).ToArray());
        Team(role).Sign([package], new ReleaseTerms(ArtefactKind.Model, null, null, HardwareClass.AnyOnly), role);
        Images.Renew();
    }

    private async Task<TargetFile> ImageAsync(ModelEntry entry) =>
        ArtefactTarget.Model("fixture", entry.Manifest.Release, entry.Digest, (await _device.PackageAsync(entry)).Span, HardwareClass.AnyOnly);

    private byte[] Signed(string role, long version, params TargetFile[] files) =>
        Sign(role, MetadataWriter.Targets(version, Soon, files));

    private byte[] Sign(string role, JsonObject targets)
    {
        using var one = SigningKey.Load(_scene.File($"{role}/{role}-1.key"));
        using var two = SigningKey.Load(_scene.File($"{role}/{role}-2.key"));
        return MetadataWriter.Sign(targets, one, two);
    }

    private async Task PostAsync(string role, byte[] file, HttpStatusCode expected)
    {
        using var client = _scene.Hub.Http(HubServices.Redistribution);
        using var reply = await client.PostAsync(new Uri(_scene.Address($"images/roles/{role}")), new ByteArrayContent(file));
        Assert.True(reply.StatusCode == expected, $"{reply.StatusCode}: {await reply.Content.ReadAsStringAsync()}");
    }

    private async Task RolesSayAsync(string? warning)
    {
        var role = (await _scene.Hub.Get<ITrustStatus>().RolesAsync(default)).Single(static role => role.Role == "team");
        Assert.Equal((true, warning), (role.ByHand, role.Warning));
    }

    private async Task MetricSaysDueAsync()
    {
        using var client = _scene.Hub.Http(HubServices.Redistribution);
        // Other hubs of this process are measured by the same meter.
        Assert.Contains(
            (await client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n'),
            static line => line.StartsWith("hmas_trust_due{", StringComparison.Ordinal) && line.Contains("role=\"team\"", StringComparison.Ordinal)
                && line.Contains("} 1", StringComparison.Ordinal));
    }
}
