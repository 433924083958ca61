using System.Net;
using System.Net.Http.Headers;
using Hmas.Contracts.Artefacts;
using Hmas.Testing;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Repository;
using Operator.Cli.Demo;
using Operator.Cli.Demo.Site;
using Operator.Cli.Keys;
using Shared.Tests.Trust.UpdateFramework.Conformance;

namespace Hmas.System.Tests;

/// <summary>The published update client before the published hub, whose keepers trust a team for one path; a mirror between them has the
/// token that the hub asks for.</summary>
public sealed class UpdateClientDelegationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_team_signed_below_its_path_is_downloaded_from_the_hub_and_what_it_signed_elsewhere_is_not()
    {
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        var options = new DemoOptions { Root = new DirectoryInfo(
            Repository.Root), WorkFolder = _folder.File("site"), Devices = 1, Speed = 1, PortOffset = FreePorts.HubOffset() };
        Directory.CreateDirectory(options.WorkFolder);
        await using var site = new DemoSite(options, TimeProvider.System);
        var images = Path.Combine(site.HubFolder, "trust", "images");
        Ceremony Keepers(string keys) => new(_folder.File(keys), images, static _ => "", TimeProvider.System);
        Keepers("fleet").Begin(Quorum.Parse("2/3"), Quorum.Parse("2/3"), null);
        Ceremony.MakeKeys(_folder.File("team"), "team", 2, null);
        var signers = new RoleSigners(PublicKeyFile.Read(_folder.File("team/team.pub")), 2);
        Keepers("fleet").Delegate("team", new DelegationTerms("team", signers, ["models/fixture/*"], Terminating: true));
        await site.StartHubAsync("redistribution:\n  offlineTargets: true\n", limit.Token);

        var onnx = FixturePackage.Onnx("half");
        var model = await site.Api.AddModelAsync(FixturePackage.Manifest(1, onnx), onnx, limit.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{8900 + options.PortOffset}/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await site.TokenAsync(limit.Token));
        var package = await http.GetByteArrayAsync(new Uri($"artefacts/{model.Digest}", UriKind.Relative), limit.Token);
        var image = ArtefactTarget.Model("fixture", 1, model.Digest, package, HardwareClass.AnyOnly);
        var elsewhere = image with { Path = "models/another/1-000000000000.hmas" };
        var file = MetadataWriter.Targets(1, TimeProvider.System.GetUtcNow().AddDays(9), [image, elsewhere]);
        using (var one = SigningKey.Load(_folder.File("team/team-1.key")))
        using (var two = SigningKey.Load(_folder.File("team/team-2.key")))
        {
            using var body = new ByteArrayContent(MetadataWriter.Sign(file, one, two));
            (await http.PostAsync(new Uri("tuf/images/roles/team", UriKind.Relative), body, limit.Token)).EnsureSuccessStatusCode();
        }

        await using var mirror = new LoopbackServer(path =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var reply = http.Send(request);
            using var read = new MemoryStream();
            reply.Content.ReadAsStream().CopyTo(read);
            return reply.StatusCode == HttpStatusCode.OK ? Reply.Of(read.ToArray()) : Reply.Of((int)reply.StatusCode, []);
        });
        var (client, metadata, targets) = (UpdateClientProgram.Client, _folder.File("metadata"), _folder.File("targets"));
        Task<int> DownloadAsync(string path) =>
            client.DownloadAsync(metadata, $"{mirror.Address}/tuf/images/metadata", targets, $"{mirror.Address}/tuf/images/targets", [path], null);
        Directory.CreateDirectory(targets);
        Assert.Equal(0, await client.InitAsync(metadata, Path.Combine(images, "1.root.json")));
        Assert.Equal(0, await DownloadAsync(image.Path));
        var downloaded = Assert.Single(Directory.GetFiles(targets, "*", SearchOption.AllDirectories));
        Assert.Equal(package, await File.ReadAllBytesAsync(downloaded, limit.Token));
        Assert.Equal(1, await DownloadAsync(elsewhere.Path));

        Keepers("fleet").Delegate("team", null);
        foreach (var kept in Directory.GetFiles(targets, "*", SearchOption.AllDirectories)) File.Delete(kept);
        Assert.Equal(1, await DownloadAsync(image.Path));
    }
}
