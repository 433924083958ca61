using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Testing;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Tests.Redistribution.Registry;

public class ArtefactRegistryTests
{
    private static readonly byte[] Elf = [0x7f, .. "ELF, the program"u8];

    [Theory]
    [InlineData(ArtefactKind.Rules, "rules/pump/1-")]
    [InlineData(ArtefactKind.Agent, "agents/pump/1-")]
    [InlineData(ArtefactKind.Configuration, "configs/pump/1-")]
    public async Task A_file_of_each_kind_is_named_by_its_hash_signed_under_its_folder_and_comes_from_any_byte_on(ArtefactKind kind, string target)
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var bytes = Encoding.UTF8.GetBytes($"rules: [] # {kind}\n");
        var entry = await AddAsync(hub, kind, "pump", bytes);
        Assert.Equal(
            (ArtefactDigest.Of(SHA256.HashData(bytes)), kind, 1, (long)bytes.Length), (entry.Digest, entry.Kind, entry.Release, entry.Bytes));
        Assert.StartsWith(target, entry.TargetPath, StringComparison.Ordinal);

        using var client = hub.Http(HubServices.Redistribution);
        using var rest = new HttpRequestMessage(HttpMethod.Get, $"/artefacts/{entry.Digest}");
        rest.Headers.Range = new RangeHeaderValue(5, null);
        using var answer = await client.SendAsync(rest);
        Assert.Equal(
            (HttpStatusCode.PartialContent, Encoding.UTF8.GetString(bytes[5..])), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        var path = entry.TargetPath.Split('/');
        Assert.Equal(bytes, await client.GetByteArrayAsync($"/tuf/images/targets/{path[0]}/{path[1]}/{ArtefactDigest.Hex(entry.Digest)}.{path[2]}"));
    }

    [Fact]
    public async Task The_same_bytes_are_one_entry_and_another_file_is_no_release_that_is_taken()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var first = await AddAsync(hub, ArtefactKind.Agent, "agent", Elf);
        Assert.Equal(
            first.AddedAt.ToUnixTimeMilliseconds(), (await AddAsync(hub, ArtefactKind.Agent, "agent", Elf)).AddedAt.ToUnixTimeMilliseconds());
        Assert.Equal(2, (await AddAsync(hub, ArtefactKind.Agent, "agent", [.. Elf, 1])).Release);
        Assert.Contains("already", (await RefusedAsync(hub, ArtefactKind.Agent, "agent", [.. Elf, 2], release: 2)).Message, StringComparison.Ordinal);
        Assert.Contains("agent agent 1 already", (await RefusedAsync(hub, ArtefactKind.Agent, "another", Elf)).Message, StringComparison.Ordinal);
        Assert.Equal([2L, 1L], (await hub.Get<IArtefactRegistry>().ListAsync(ArtefactKind.Agent, default)).Select(static entry => entry.Release));
        Assert.Empty(await hub.Get<IArtefactRegistry>().ListAsync(ArtefactKind.Rules, default));
    }

    [Theory]
    [InlineData(ArtefactKind.Rules, "ok", "\0", "UTF-8")]
    [InlineData(ArtefactKind.Configuration, "ok", "\u00ff", "UTF-8")]
    [InlineData(ArtefactKind.Firmware, "ok", "no archive", "cpio")]
    [InlineData(ArtefactKind.Agent, "ok", "", "empty")]
    [InlineData(ArtefactKind.Agent, "No Name", "x", "name")]
    [InlineData(ArtefactKind.Model, "ok", "x", "manifest")]
    [InlineData(ArtefactKind.Bundle, "", "{", "bundle")]
    [InlineData(ArtefactKind.Bundle, "", "null", "null")]
    public async Task A_file_that_is_not_what_it_is_said_to_be_is_refused_with_the_reason_and_leaves_nothing(
        ArtefactKind kind, string name, string bytes, string reason)
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        Assert.Contains(reason, (await RefusedAsync(hub, kind, name, Encoding.Latin1.GetBytes(bytes))).Message, StringComparison.Ordinal);
        Assert.Empty(await hub.Get<IArtefactRegistry>().ListAsync(null, default));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(hub.Folder, "artefacts"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_file_that_is_larger_than_its_kind_may_be_is_cut_off_there()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync(settings: new Dictionary<string, string?> { ["Redistribution:MaxArtefactBytes"] = "2048" });
        Assert.Contains("larger than 2048", (await RefusedAsync(hub, ArtefactKind.Agent, "agent", new byte[4096])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "larger than", (await RefusedAsync(hub, ArtefactKind.Bundle, "", new byte[BundleManifest.MaxBytes + 1])).Message,
            StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(hub.Folder, "artefacts", "incoming")));
    }

    [Fact]
    public async Task A_bundle_names_what_the_registry_has_and_nothing_else()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var model = await RedistributionScene.AddModelAsync(hub, 1);
        var rules = await AddAsync(hub, ArtefactKind.Rules, "pump", "rules: []\n"u8.ToArray(), hardware: ["pump-a"]);
        var parts = (BundlePart[])[Part((await hub.Get<IArtefactRegistry>().FindAsync(model.Digest, default))!), Part(rules)];
        var bundle = new BundleManifest { Name = "set", Release = 4, HardwareClasses = ["pump-a"], Parts = parts };
        var entry = await AddAsync(hub, ArtefactKind.Bundle, "", Json(bundle));
        Assert.Equal(("set", 4, "pump-a"), (entry.Name, entry.Release, Assert.Single(entry.HardwareClasses)));
        Assert.StartsWith("bundles/set/4-", entry.TargetPath, StringComparison.Ordinal);

        (string Reason, BundleManifest Wrong)[] wrongs =
        [
            ("for pump-b", bundle with { HardwareClasses = ["pump-a", "pump-b"] }),
            ("second rules", bundle with { Parts = [.. parts, parts[1]] }),
            ("not in the registry", bundle with { Parts = [parts[1] with { Digest = ArtefactDigest.Of(new byte[32]) }] }),
            ("bytes", bundle with { Parts = [parts[1] with { Bytes = 1 }] }),
            ("there is none", bundle with { Parts = [] }),
            ("cannot be part", bundle with { Parts = [parts[1] with { Kind = ArtefactKind.Bundle }] }),
            ("is made for pump-a", bundle with { HardwareClasses = ["pump-a"], Parts = [parts[1] with { HardwareClasses = ["*"] }] }),
        ];
        foreach (var (reason, wrong) in wrongs) Assert.Contains(
            reason, (await RefusedAsync(hub, ArtefactKind.Bundle, "", Json(wrong with { Release = 5 }))).Message, StringComparison.Ordinal);
        await hub.Get<IModelQuarantine>().QuarantineAsync(rules.Digest, "test", default);
        Assert.Contains(
            "quarantined", (await RefusedAsync(hub, ArtefactKind.Bundle, "", Json(bundle with { Release = 5 }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_brings_rules_as_it_brings_a_model()
    {
        await using var scene = new RedistributionScene();
        await using var hub = await scene.StartAsync();
        var rules = await AddAsync(hub, ArtefactKind.Rules, "pump", "rules: []\n"u8.ToArray());
        scene.AddDevices(1, null);
        var told = new TaskCompletionSource();
        scene.Fleet.Assigned = _ => told.TrySetResult();
        await hub.Get<IRollouts>().StartAsync(RedistributionScene.Request(rules.Digest), default);
        await told.Task.InTimeAsync();
        var wanted = scene.Fleet["d0"].Desired!.Model!;
        Assert.Equal(
            (ArtefactKind.Rules, rules.Digest, rules.Release, rules.Bytes), (wanted.Kind, wanted.Digest, wanted.Release, wanted.PackageBytes));
    }

    [Fact]
    public async Task Models_of_a_registry_of_models_are_listed_after_the_change()
    {
        await using var scene = new RedistributionScene();
        ModelEntry before;
        await using (var hub = await scene.StartAsync())
        {
            before = await RedistributionScene.AddModelAsync(hub, 3);
        }

        SqliteConnection.ClearAllPools();
        Downgrade(Path.Combine(scene.Folder, "redistribution.db"));
        await using var after = await scene.StartAsync();
        var entry = (await after.Get<IModelRegistry>().FindAsync(before.Digest, default))!;
        Assert.Equal(
            (before.PackageBytes, before.AddedAt.ToUnixTimeMilliseconds(), 3),
            (entry.PackageBytes, entry.AddedAt.ToUnixTimeMilliseconds(), entry.Manifest.Release));
        Assert.Equal(4, await after.Get<IModelRegistry>().NextReleaseAsync("pump", default));
    }

    [Fact]
    public async Task Operators_add_and_list_over_rest_and_devices_do_not()
    {
        var doors = new Integration.SimulatedDoors();
        await using var scene = new RedistributionScene();
        await using var hub = await HubFixture.StartAsync("integration,redistribution", null, scene.Folder, doors.EnterAllButRedistribution);
        using var client = hub.Http(HubServices.Front);
        using var content = new ByteArrayContent(new byte[40_000_000]);
        using var added = await client.PostAsync("/api/v1/artefacts?kind=agent&name=agent&hardware=rpi4,rpi5", content);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var entry = JsonDocument.Parse(await added.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(
            ("agent", 1, 40_000_000, 2),
            (entry.GetProperty("kind").GetString(), entry.GetProperty("release").GetInt64(), entry.GetProperty("bytes").GetInt64(),
                entry.GetProperty("hardwareClasses").GetArrayLength()));
        Assert.Equal(1, (await client.GetFromJsonAsync<JsonElement>("/api/v1/artefacts?kind=agent")).GetArrayLength());
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(new Uri("/api/v1/artefacts?kind=nothing", UriKind.Relative))).StatusCode);
        Assert.Equal(
            entry.GetProperty("targetPath").GetString(),
            (await client.GetFromJsonAsync<JsonElement>(added.Headers.Location)).GetProperty("entry").GetProperty("targetPath").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsJsonAsync($"{added.Headers.Location}/approvals", new { who = "ada" })).StatusCode);
        Assert.Equal(
            HttpStatusCode.BadRequest, (await client.PostAsJsonAsync($"{added.Headers.Location}/approvals", new { note = "nobody" })).StatusCode);
        Assert.Equal(
            "ada", (await client.GetFromJsonAsync<JsonElement>(added.Headers.Location)).GetProperty("approvals")[0].GetProperty("who").GetString());
        using var enroller = hub.Http(HubServices.Front, hub.EnrolmentToken);
        using var none = new ByteArrayContent([1]);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await enroller.PostAsync(new Uri("/api/v1/artefacts?kind=agent&name=agent", UriKind.Relative), none)).StatusCode);
    }

    private static async Task<ArtefactEntry> AddAsync(
        HubFixture hub, ArtefactKind kind, string name, byte[] bytes, long? release = null, string[]? hardware = null)
    {
        using var content = new MemoryStream(bytes);
        return await hub.Get<IArtefactRegistry>()
            .AddAsync(new ArtefactUpload(kind, name, release, hardware ?? HardwareClass.AnyOnly, "test"), content, default);
    }

    private static Task<ArgumentException> RefusedAsync(HubFixture hub, ArtefactKind kind, string name, byte[] bytes, long? release = null) =>
        Assert.ThrowsAsync<ArgumentException>(() => AddAsync(hub, kind, name, bytes, release));

    private static BundlePart Part(ArtefactEntry entry) =>
        new() { Kind = entry.Kind, Name = entry.Name, Release = entry.Release, Digest = entry.Digest, Bytes = entry.Bytes,
            HardwareClasses = entry.HardwareClasses };

    private static byte[] Json(BundleManifest bundle) => JsonSerializer.SerializeToUtf8Bytes(bundle, ContractsJson.Default.BundleManifest);

    /// <summary>Makes of a database what the version before artefacts would have left.</summary>
    private static void Downgrade(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            DROP TABLE approvals;
            CREATE TABLE models (digest TEXT PRIMARY KEY, name TEXT NOT NULL, release INTEGER NOT NULL, manifest BLOB NOT NULL, package_bytes INTEGER NOT NULL, added_at_us INTEGER NOT NULL,
              added_by TEXT NOT NULL, quarantine_reason TEXT, UNIQUE (name, release)) WITHOUT ROWID;
            INSERT INTO models SELECT digest, name, release, manifest, bytes, added_at_us, added_by, quarantine_reason FROM artefacts;
            DROP TABLE artefacts;
            DROP TABLE director;
            DROP TABLE director_images;
            CREATE TABLE director (device TEXT NOT NULL, version INTEGER NOT NULL, issued_at_us INTEGER NOT NULL, hardware TEXT NOT NULL, path TEXT, length INTEGER, hashes TEXT,
              PRIMARY KEY (device, version)) WITHOUT ROWID;
            PRAGMA user_version = 2;
            """;
        command.ExecuteNonQuery();
    }
}
