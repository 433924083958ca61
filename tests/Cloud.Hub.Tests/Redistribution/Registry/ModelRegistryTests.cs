using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Trust;

namespace Cloud.Hub.Tests.Redistribution.Registry;

public class ModelRegistryTests
{
    [Fact]
    public async Task The_same_bytes_twice_are_one_entry_and_its_package_verifies()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var first = await RedistributionScene.AddModelAsync(hub, 1);
        var second = await RedistributionScene.AddModelAsync(hub, 1);
        Assert.Equal((first.Digest, first.AddedAt.ToUnixTimeMilliseconds()), (second.Digest, second.AddedAt.ToUnixTimeMilliseconds()));
        Assert.Single(await hub.Get<IModelRegistry>().ListAsync(CancellationToken.None));

        var package = (await hub.Get<IModelRegistry>().PackageAsync(first.Digest, CancellationToken.None))!.Value;
        using var client = hub.Http(HubServices.Redistribution);
        var key = Convert.FromBase64String((await client.GetStringAsync("/keys")).Split('"')[3]);
        Assert.Equal("pump", ModelPackage.Verify(package, first.Digest, [key], new PackageLimits()).Manifest.Name);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(hub.Folder, "signing.key")));
    }

    [Fact]
    public async Task Release_numbers_grow_and_are_never_given_twice()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var registry = hub.Get<IModelRegistry>();
        Assert.Equal(1, await registry.NextReleaseAsync("pump", CancellationToken.None));
        Assert.Equal(2, await registry.NextReleaseAsync("pump", CancellationToken.None));
        await RedistributionScene.AddModelAsync(hub, 7);
        Assert.Equal(8, await registry.NextReleaseAsync("pump", CancellationToken.None));
        Assert.Equal(1, await registry.NextReleaseAsync("other", CancellationToken.None));
    }

    [Fact]
    public async Task A_release_that_is_another_model_already_is_refused()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        await RedistributionScene.AddModelAsync(hub, 1);
        var onnx = Models.Onnx("something else");
        await Assert.ThrowsAsync<ArgumentException>(() => hub.Get<IModelRegistry>()
            .AddAsync(Models.Manifest("pump", 1, onnx), onnx, "test", CancellationToken.None));
    }

    [Fact]
    public async Task A_manifest_that_does_not_fit_its_model_is_refused()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var manifest = Models.Manifest("pump", 1, Models.Onnx("one"));
        var refused =
            await Assert.ThrowsAsync<PackageException>(() => hub.Get<IModelRegistry>()
                .AddAsync(manifest, Models.Onnx("two"), "test", CancellationToken.None));
        Assert.Contains("digest", refused.Message + refused.Reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_model_that_answers_its_recorded_probe_otherwise_is_refused_and_lists_come_without_probes()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var registry = hub.Get<IModelRegistry>();
        // Of the recipe without normalisation the identity's residual is 0, whatever the rows.
        var onnx = Models.Onnx("tanh", "Tanh");
        var plain = Models.Manifest("pump", 1, onnx) with { Recipe = new FeatureRecipe { Normalisation = Normalisation.None, Clip = 0 } };
        var rows = MemoryMarshal.AsBytes<float>(Enumerable.Range(0, (16 + 8) * 2).Select(i => MathF.Sin(i)).ToArray()).ToArray();
        using var detector = new Detector(plain, onnx, new SessionSettings());
        var probe = new RecordedProbe { CalibrationRows = 16, Rows = rows, Answers = ProbeRun.Answers(detector, 16, rows), Tolerance = 1e-3 };
        var refused = await Assert.ThrowsAsync<InferenceException>(
            () => registry.AddAsync(plain with { Probe = probe with { Answers = [probe.Answers[0] + 1] } }, onnx, "test", CancellationToken.None));
        Assert.Equal("Probe", refused.Code);

        var entry = await registry.AddAsync(plain with { Probe = probe }, onnx, "test", CancellationToken.None);
        Assert.Null(Assert.Single(await registry.ListAsync(CancellationToken.None)).Manifest.Probe);
        var package = ModelPackage.Open(
            (await registry.PackageAsync(entry.Digest, CancellationToken.None))!.Value, entry.Digest, new PackageLimits());
        Assert.Equal(probe.Answers, package.Manifest.Probe!.Answers);
    }

    [Fact]
    public async Task A_package_comes_whole_or_from_any_byte_on_and_to_nobody_unknown()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var entry = await RedistributionScene.AddModelAsync(hub, 1);
        var address = new Uri($"/artefacts/{entry.Digest}", UriKind.Relative);
        using var client = hub.Http(HubServices.Redistribution);
        var whole = await client.GetByteArrayAsync(address);
        Assert.Equal(entry.PackageBytes, whole.Length);

        using var rest = new HttpRequestMessage(HttpMethod.Get, address);
        rest.Headers.Range = new RangeHeaderValue(100, null);
        using var answer = await client.SendAsync(rest);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(whole[100..], await answer.Content.ReadAsByteArrayAsync());

        using var nobody = hub.Http(HubServices.Redistribution, token: "");
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(address)).StatusCode);
        using var enroller = hub.Http(HubServices.Redistribution, hub.EnrolmentToken);
        Assert.Equal(HttpStatusCode.Forbidden, (await enroller.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("/artefacts/..%2F..%2Foperator.token", UriKind.Relative))).StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"/artefacts/sha256:{new string('0', 64)}", UriKind.Relative))).StatusCode);
    }
}
