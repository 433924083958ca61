using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Edge.Agent.Models;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Testing;
using Hmas.Trust;

namespace Edge.Tests.Models;

/// <summary>Agent programs, rules and bundles on their way onto a device of class <c>generic</c>. The
/// program is a script whose <c>check</c> says yes or no.</summary>
[Collection(Programs.Name)]
public sealed class InstallUpdaterTests : IAsyncLifetime, IDisposable
{
    private static readonly byte[] Good = Encoding.UTF8.GetBytes("#!/bin/sh\n[ \"$1\" = check ] && [ -d \"$HMAS_INSTALL\" ]\n");
    private static readonly byte[] Bad = Encoding.UTF8.GetBytes("#!/bin/sh\necho no such sensor >&2; exit 2\n");
    private static readonly byte[] Rules = Encoding.UTF8.GetBytes("version: 1\n");

    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();
    private UpdaterRig _rig = null!;
    private InstallFolder _installs = null!;

    public Task InitializeAsync()
    {
        _rig = new UpdaterRig(_folder.Path, _key);
        _installs = new InstallFolder(_folder.Path);
        _rig.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_program_is_verified_staged_probed_and_activated_for_the_next_start()
    {
        var agent = Offer(ArtefactKind.Agent, 5, Good);
        await _rig.PlayUntilAsync(agent, SlotState.Probed);
        await _rig.RestartAsync();
        Assert.Equal(new InstallPointer(InstallFolder.NameOf(agent.Digest), Committed: false), _installs.Current);
        Assert.Equal(Good, File.ReadAllBytes(Path.Combine(_installs.PathOf(_installs.Current.Active), InstallFolder.Program)));
        Assert.Equal(5, _rig.Slots.Releases["agents/thing"]);
    }

    [Fact]
    public async Task The_hub_takes_an_install_back_to_the_one_before_and_to_what_the_device_was_set_up_with()
    {
        var (first, second) = (Offer(ArtefactKind.Agent, 5, Good), Offer(ArtefactKind.Rules, 6, Rules));
        await CommitAsync(first);
        await CommitAsync(second);
        await TakeBackAsync(first with { Restore = true }, InstallFolder.NameOf(first.Digest), second);
        var setUp = new ModelAssignment
        {
            Kind = ArtefactKind.Agent, Digest = ModelAssignment.SetUp, Name = ModelAssignment.SetUp, Release = 0, PackageBytes = 0, Url = "",
            Restore = true,
        };
        await TakeBackAsync(setUp, "", first);
    }

    [Fact]
    public async Task A_model_that_is_taken_back_leaves_the_install_beside_it()
    {
        var agent = Offer(ArtefactKind.Agent, 5, Good) with { RolloutId = "r1" };
        await CommitAsync(agent);
        await _rig.PlayUntilAsync(_rig.Offer(1) with { RolloutId = "r1", Restore = true }, SlotState.Committed);
        _rig.Assign(null);
        await Eventually.HoldsAsync(() => _rig.Answering is null);
        Assert.Equal((InstallFolder.NameOf(agent.Digest), 1), (_installs.Current.Active, _rig.Restarts));
    }

    private async Task CommitAsync(ModelAssignment assignment)
    {
        var before = _rig.Restarts;
        await _rig.PlayUntilAsync(assignment, SlotState.Probed);
        await Eventually.HoldsAsync(() => _rig.Restarts > before);
        _installs.Commit();
    }

    /// <summary>It is done at once, without a trial, and what runs then says so.</summary>
    private async Task TakeBackAsync(ModelAssignment back, string runs, ModelAssignment failed)
    {
        var before = _rig.Restarts;
        _rig.Assign(back);
        await Eventually.HoldsAsync(() => _rig.Restarts > before);
        Assert.Equal(new InstallPointer(runs, Failed: InstallFolder.NameOf(failed.Digest)), _installs.Current);
        Assert.Equal("the hub took it back", _installs.FailureOf(_installs.Current.Failed));
        await _rig.PlayUntilAsync(back, SlotState.Committed);
        Assert.Equal(before + 1, _rig.Restarts);
    }

    [Fact]
    public async Task A_bundle_brings_all_its_parts_in_one_step()
    {
        var model = _rig.Offer(3);
        var bundle = OfferBundle(
            Part(ArtefactKind.Agent, Good), Part(ArtefactKind.Rules, Rules),
            new BundlePart { Kind = ArtefactKind.Model, Name = model.Name, Release = 3, Digest = model.Digest, Bytes = model.PackageBytes });
        await _rig.PlayUntilAsync(bundle, SlotState.Probed);
        await _rig.RestartAsync();
        var folder = _installs.PathOf(InstallFolder.NameOf(bundle.Digest));
        Assert.Equal(
            ["assignment.json", "hmas-agent", "model.hmas", "rules.yaml"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(InstallFolder.NameOf(bundle.Digest), _installs.Current.Active);
    }

    [Theory]
    [InlineData("a program that refuses its settings", "probe")]
    [InlineData("a program that is none", "probe")]
    [InlineData("truncated", "digest-mismatch")]
    [InlineData("swapped", "digest-mismatch")]
    [InlineData("a bundle with a swapped part", "digest-mismatch")]
    [InlineData("a bundle for other hardware", "hardware")]
    [InlineData("a bundle with a part for other hardware", "shape")]
    [InlineData("a bundle that is no JSON", "shape")]
    [InlineData("a bundle of another name", "digest-mismatch")]
    [InlineData("a bundle with a model of another signer", "signature")]
    [InlineData("an older release", "older-release")]
    public async Task What_is_bad_is_refused_whole_with_its_reason_and_the_next_good_one_is_taken(string bad, string reason)
    {
        var offer = OfferBad(bad);
        var refused = await _rig.PlayUntilAsync(offer, SlotState.Refused);
        Assert.Equal((reason, 0), (refused.Reason, _rig.Restarts));
        Assert.Equal("", _installs.Current.Active);
        // Not tried again until something changes.
        Assert.Equal(offer, _installs.AssignmentOf(_installs.Current.Failed));

        var good = Offer(ArtefactKind.Agent, 100, Good);
        await _rig.PlayUntilAsync(good, SlotState.Probed);
        await _rig.RestartAsync();
        Assert.Equal(InstallFolder.NameOf(good.Digest), _installs.Current.Active);
    }

    private ModelAssignment OfferBad(string bad)
    {
        switch (bad)
        {
            case "a program that refuses its settings": return Offer(ArtefactKind.Agent, 5, Bad);
            case "a program that is none": return Offer(ArtefactKind.Agent, 5, [0x7f, (byte)'E', (byte)'L', (byte)'F']);
            case "truncated":
                var cut = Offer(ArtefactKind.Agent, 5, Good);
                File.WriteAllBytes(_rig.PathOf(cut.Digest), Good[..^1]);
                return cut;
            case "swapped":
                var swapped = Offer(ArtefactKind.Rules, 5, Rules);
                File.WriteAllBytes(_rig.PathOf(swapped.Digest), Bad);
                return swapped;
            case "a bundle with a swapped part":
                var part = Part(ArtefactKind.Rules, Rules);
                File.WriteAllBytes(_rig.PathOf(part.Digest), Bad);
                return OfferBundle(Part(ArtefactKind.Agent, Good), part);
            case "a bundle for other hardware": return OfferBundle(
                bundle => bundle with { HardwareClasses = ["rpi5"] }, Part(ArtefactKind.Agent, Good));
            case "a bundle with a part for other hardware": return OfferBundle(Part(ArtefactKind.Agent, Good) with { HardwareClasses = ["rpi5"] });
            case "a bundle that is no JSON": return Offer(ArtefactKind.Bundle, 5, Good);
            case "a bundle of another name": return OfferBundle(bundle => bundle with { Name = "other" }, Part(ArtefactKind.Agent, Good));
            case "a bundle with a model of another signer":
                using (var stranger = SigningKey.Create())
                {
                    var model = _rig.Offer(3, key: stranger);
                    return OfferBundle(
                        new BundlePart { Kind = ArtefactKind.Model, Name = model.Name, Release = 3, Digest = model.Digest,
                            Bytes = model.PackageBytes });
                }

            default:
                _rig.Slots.Raise("agents/thing", 9);
                return Offer(ArtefactKind.Agent, 5, Good);
        }
    }

    private BundlePart Part(ArtefactKind kind, byte[] file)
    {
        var assignment = Offer(kind, 1, file);
        return new BundlePart { Kind = kind, Name = assignment.Name, Release = 1, Digest = assignment.Digest, Bytes = file.Length };
    }

    private ModelAssignment OfferBundle(params BundlePart[] parts) => OfferBundle(static bundle => bundle, parts);

    private ModelAssignment OfferBundle(Func<BundleManifest, BundleManifest> change, params BundlePart[] parts) => Offer(
        ArtefactKind.Bundle, 4,
        JsonSerializer.SerializeToUtf8Bytes(
            change(new BundleManifest { Name = "thing", Release = 4, Parts = parts }), ContractsJson.Default.BundleManifest));

    private ModelAssignment Offer(ArtefactKind kind, long release, byte[] file)
    {
        var digest = ArtefactDigest.Of(SHA256.HashData(file));
        File.WriteAllBytes(_rig.PathOf(digest), file);
        return new ModelAssignment { Kind = kind, Digest = digest, Name = "thing", Release = release, PackageBytes = file.Length, Url = "x" };
    }
}
