using Cloud.Hub.Tests.Redistribution;
using Hmas.Contracts;
using Hmas.Testing;
using Hmas.Trust;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;

namespace Cloud.Hub.Tests.Operator;

/// <summary>A signing ceremony with three keepers, each with a folder of keys of his own; what
/// comes out is judged by the client's own rules.</summary>
public sealed class KeysCommandTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_of_three_keepers_release_a_package_and_one_alone_cannot()
    {
        await InitAsync();
        var package = Package(1);
        var (code, said) = await RunAsync("sign", package, "--keys", Keeper(1));
        Assert.Equal((0, "1 of 2 signatures: carry the repository to the next keeper, who runs hmas keys sign\n"), (code, said));
        Assert.False(File.Exists(Json("2.targets")));
        (code, said) = await RunAsync("sign", "--keys", Keeper(1));
        Assert.StartsWith("1 of 2", said, StringComparison.Ordinal);
        (code, said) = await RunAsync("sign", "--keys", Keeper(3));
        Assert.Equal((0, "released: targets 2, 2 signatures of 2 needed\n"), (code, said));
        var released = Assert.Single(Targets(2).Targets.Values);
        Assert.StartsWith("models/pump/1-", released.Path, StringComparison.Ordinal);
        Assert.Equal(
            (new FileInfo(package).Length, "pump"),
            (released.Length, released.Custom!.Value.GetProperty("hmas").GetProperty("artefact").GetString()));
        Assert.Contains("1 files are released", (await RunAsync("status")).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_other_kinds_and_for_certain_hardware_are_released_too()
    {
        await InitAsync();
        await RunAsync("sign", Package(1), "--hardware", "rpi4,rpi5", "--keys", Keeper(1));
        await RunAsync("sign", "--keys", Keeper(2));
        Assert.Equal(["rpi4", "rpi5"], Hardware(Assert.Single(Targets(2).Targets.Values)));
        var rules = _folder.File("rules.yaml");
        await File.WriteAllTextAsync(rules, "rules: []\n");
        var (code, said) = await RunAsync("sign", rules, "--kind", "rules", "--keys", Keeper(1));
        Assert.Equal(1, code);
        Assert.Contains("--name and --release are needed for rules", said, StringComparison.Ordinal);
        await RunAsync("sign", rules, "--kind", "rules", "--name", "pump", "--release", "7", "--keys", Keeper(1));
        await RunAsync("sign", "--keys", Keeper(2));
        var released = Targets(3).Targets.Values.Single(static file => file.Path.StartsWith("rules/pump/7-", StringComparison.Ordinal));
        Assert.Equal(
            ("rules/pump", "*"), (released.Custom!.Value.GetProperty("hmas").GetProperty("artefact").GetString(), Assert.Single(Hardware(released))));
        Assert.Contains(
            "--hardware: hardware class 'No'", (await RunAsync("sign", rules, "--hardware", "No", "--keys", Keeper(1))).Said,
            StringComparison.Ordinal);
    }

    private static string[] Hardware(TargetFile file) =>
        [.. file.Custom!.Value.GetProperty("hmas").GetProperty("hardware").EnumerateArray().Select(static hardware => hardware.GetString()!)];

    [Fact]
    public async Task A_model_is_released_for_the_hardware_it_was_measured_on_or_for_less_never_for_more()
    {
        await InitAsync();
        var (code, said) = await RunAsync("sign", Package(1, "bytes", "rpi4", "rpi5"), "--hardware", "rpi4,x86", "--keys", Keeper(1));
        Assert.Equal(1, code);
        Assert.Contains("is made for rpi4, rpi5, not for x86", said, StringComparison.Ordinal);
        await SignedAsync(Package(1, "bytes", "rpi4", "rpi5"));
        Assert.Equal(["rpi4", "rpi5"], Hardware(Assert.Single(Targets(2).Targets.Values)));
    }

    [Fact]
    public async Task A_directors_root_has_keepers_of_its_own_and_releases_nothing()
    {
        var (code, said) = await RunAsync("init", "--director", "--keys", _folder.File("all"));
        Assert.True(code == 0, said);
        Assert.Equal(
            ["root-1.key", "root-2.key", "root-3.key"],
            Directory.EnumerateFiles(_folder.File("all")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("targets, snapshot, timestamp (hub)", (await RunAsync("status")).Said, StringComparison.Ordinal);
        (code, said) = await RunAsync("sign", Package(1), "--keys", _folder.File("all"));
        Assert.Equal(1, code);
        Assert.Contains("is a director's", said, StringComparison.Ordinal);
        Assert.Contains(
            "there is no role 'targets': root or online", (await RunAsync("rotate", "targets", "--keys", _folder.File("all"))).Said,
            StringComparison.Ordinal);
        Assert.Contains(
            "root 2 is the present one", (await RunAsync("rotate", "online", "--keys", _folder.File("all"))).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_root_key_is_replaced_by_old_and_new_keys_together_and_devices_follow()
    {
        await InitAsync();
        var lost = RootMetadata.Read(File.ReadAllBytes(Json("1.root"))).Body.Root.KeyIds[0];
        var (code, said) = await RunAsync("rotate", "root", "--key", lost[..10], "--keys", Keeper(2));
        Assert.True(code == 0, said);
        Assert.Contains("waits for signatures", said, StringComparison.Ordinal);
        Assert.Contains(
            "root 2 waits: 1 of 2 present root keys, 2 of 2 new ones have signed", (await RunAsync("status")).Said, StringComparison.Ordinal);
        (_, said) = await RunAsync("rotate", "--keys", Keeper(3));
        Assert.Contains("root 2 is the present one", said, StringComparison.Ordinal);
        var device = TrustedMetadata.Begin(File.ReadAllBytes(Json("1.root")), Now);
        device.AcceptRoot(File.ReadAllBytes(Json("2.root")));
        Assert.DoesNotContain(lost, device.Root.Root.KeyIds);
    }

    [Fact]
    public async Task A_new_online_key_counts_only_once_the_root_that_names_it_is_signed()
    {
        await InitAsync();
        var old = await File.ReadAllTextAsync(_folder.File("repository/online.key"));
        await RunAsync("rotate", "online", "--keys", Keeper(1));
        Assert.Equal(old, await File.ReadAllTextAsync(_folder.File("repository/online.key")));
        await RunAsync("rotate", "--keys", Keeper(2));
        Assert.NotEqual(old, await File.ReadAllTextAsync(_folder.File("repository/online.key")));
        using var online = SigningKey.Load(_folder.File("repository/online.key"));
        Assert.Equal([MetadataWriter.KeyId(online.PublicKey)], RootMetadata.Read(File.ReadAllBytes(Json("2.root"))).Body.Timestamp.KeyIds);
    }

    [Fact]
    public async Task Sealed_keys_sign_with_their_passphrase_only()
    {
        await File.WriteAllTextAsync(_folder.File("right"), "correct horse\n");
        await File.WriteAllTextAsync(_folder.File("wrong"), "battery staple\n");
        await RunAsync("init", "--keys", _folder.File("all"), "--passphrase-file", _folder.File("right"));
        Assert.DoesNotContain("PRIVATE KEY", await File.ReadAllTextAsync(_folder.File("all/root-1.key")), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("all/root-1.key")));
        var (code, said) = await RunAsync("sign", Package(1), "--keys", _folder.File("all"), "--passphrase-file", _folder.File("wrong"));
        Assert.Equal(1, code);
        Assert.Contains("the passphrase is wrong, or the file is damaged", said, StringComparison.Ordinal);
        Assert.Contains(
            "is sealed: give --passphrase-file", (await RunAsync("sign", Package(1), "--keys", _folder.File("all"))).Said, StringComparison.Ordinal);
        Assert.StartsWith(
            "released: targets 2, 3 signatures",
            (await RunAsync("sign", Package(1), "--keys", _folder.File("all"), "--passphrase-file", _folder.File("right"))).Said,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_keepers_do_wrong_is_said_and_changes_nothing()
    {
        Assert.Contains("run hmas keys init first", (await RunAsync("status")).Said, StringComparison.Ordinal);
        await InitAsync();
        Assert.Contains("holds keys already", (await RunAsync("init", "--keys", Keeper(1))).Said, StringComparison.Ordinal);
        Assert.Contains("holds a repository already", (await RunAsync("init", "--keys", _folder.File("others"))).Said, StringComparison.Ordinal);
        Assert.Contains(
            "'3/2' must be THRESHOLD/KEYS", (await RunAsync("init", "--keys", _folder.File("more"), "--root", "3/2")).Said, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.File("no.hmas"), "no package");
        var (code, said) = await RunAsync("sign", _folder.File("no.hmas"), "--keys", Keeper(1));
        Assert.Equal(1, code);
        Assert.Contains("no.hmas: ", said, StringComparison.Ordinal);
        await RunAsync("sign", Package(1), "--keys", Keeper(1));
        Assert.Contains("complete them first", (await RunAsync("sign", Package(2), "--keys", Keeper(1))).Said, StringComparison.Ordinal);
        Assert.Contains("there is no role 'director'", (await RunAsync("rotate", "director", "--keys", Keeper(1))).Said, StringComparison.Ordinal);
        Assert.False(File.Exists(Json("2.targets")) || File.Exists(Json("2.root")));
    }

    [Fact]
    public async Task The_same_release_of_a_model_is_never_two_files()
    {
        await InitAsync();
        await SignedAsync(Package(1));
        File.Delete(_folder.File("pump-1.hmas"));
        var (code, said) = await RunAsync("sign", Package(1, "other bytes"), "--keys", Keeper(1));
        Assert.Equal(1, code);
        Assert.Contains("release 1 of pump is models/pump/1-", said, StringComparison.Ordinal);
    }

    /// <summary>Makes everything in one place and gives each of three keepers his two keys.</summary>
    private async Task InitAsync()
    {
        var (code, said) = await RunAsync("init", "--keys", _folder.File("all"));
        Assert.True(code == 0, said);
        for (var keeper = 1; keeper <= 3; keeper++)
        {
            Directory.CreateDirectory(Keeper(keeper));
            foreach (var role in (string[])["root", "targets"])
                File.Move(_folder.File($"all/{role}-{keeper}.key"), Path.Combine(Keeper(keeper), $"{role}-{keeper}.key"));
        }
    }

    private async Task SignedAsync(string package)
    {
        await RunAsync("sign", package, "--keys", Keeper(1));
        Assert.StartsWith("released", (await RunAsync("sign", "--keys", Keeper(2))).Said, StringComparison.Ordinal);
    }

    private TargetsMetadata Targets(int version) => TargetsMetadata.Read(File.ReadAllBytes(Json($"{version}.targets"))).Body;

    private string Keeper(int number) => _folder.File($"keeper-{number}");

    private string Json(string name) => _folder.File($"repository/{name}.json");

    private string Package(long release, string onnx = "bytes", params string[] hardware)
    {
        var path = _folder.File($"pump-{release}.hmas");
        var bytes = Models.Onnx(onnx);
        var manifest = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            Models.Manifest("pump", release, bytes) with { HardwareClasses = hardware.Length > 0 ? hardware : ["*"] },
            ContractsJson.Default.ModelManifest);
        File.WriteAllBytes(path, ModelPackage.Write(manifest, [], bytes));
        return path;
    }

    private Task<(int Code, string Said)> RunAsync(params string[] arguments) =>
        OperatorProgram.RunAsync(new Dictionary<string, string>(), ["keys", .. arguments, "--repository", _folder.File("repository")]);
}
