using Hmas.Testing;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Cloud.Hub.Tests.Operator;

/// <summary>A team of its own in the ceremony: its keys never come near the fleet's keepers.</summary>
public sealed class DelegationCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_team_makes_its_keys_is_trusted_for_a_path_releases_changes_keys_and_is_revoked()
    {
        await OkAsync("init", "--keys", _folder.File("fleet"));
        Assert.Contains("pump.pub beside them", await OkAsync("make", "pump", "--keys", _folder.File("team")), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("team/pump-3.key")));
        Assert.Contains(
            "pump is trusted for rules/pump/*: its team runs hmas keys sign --role pump", await DelegateAsync(), StringComparison.Ordinal);
        var (code, said) = await RunAsync("status");
        Assert.Equal(2, code);
        Assert.Contains("pump is trusted for rules/pump/*, terminating: 0 files", said, StringComparison.Ordinal);
        Assert.Contains("pump of the images repository is not signed by its present keys: hmas keys sign --role pump", said, StringComparison.Ordinal);

        var rules = _folder.File("rules.yaml");
        await File.WriteAllTextAsync(rules, "rules: []\n");
        string[] release = ["sign", rules, "--kind", "rules", "--release", "1", "--role", "pump", "--keys"];
        Directory.CreateDirectory(_folder.File("one"));
        Directory.CreateDirectory(_folder.File("two"));
        File.Move(_folder.File("team/pump-1.key"), _folder.File("one/pump-1.key"));
        File.Move(_folder.File("team/pump-2.key"), _folder.File("two/pump-2.key"));
        Assert.Contains(
            "rules/fan/1-", (await RunAsync([.. release, _folder.File("one"), "--name", "fan"])).Said, StringComparison.Ordinal);
        Assert.Contains("1 of 2 signatures", await OkAsync([.. release, _folder.File("one"), "--name", "pump"]), StringComparison.Ordinal);
        Assert.Contains("pump 1 waits: 1 of 2 have signed", (await RunAsync("status")).Said, StringComparison.Ordinal);
        Assert.Contains(
            "released: pump 1, 2 signatures", await OkAsync("sign", "--role", "pump", "--keys", _folder.File("two")), StringComparison.Ordinal);
        Assert.StartsWith("rules/pump/1-", Assert.Single(Read("1.pump").Targets.Keys), StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("status")).Code);

        // The fleet's own release keeps the trust; another key of the team takes its word until it signs anew.
        await OkAsync("sign", rules, "--kind", "rules", "--name", "fan", "--release", "1", "--keys", _folder.File("fleet"));
        Assert.Equal("pump", Assert.Single(Read("3.targets").Delegations!.Roles).Name);
        Directory.Delete(_folder.File("team"), recursive: true);
        await OkAsync("make", "pump", "--keys", _folder.File("team"));
        await DelegateAsync();
        Assert.Contains("is not signed by its present keys", (await RunAsync("status")).Said, StringComparison.Ordinal);
        Assert.Contains(
            "released: pump 2, 3 signatures", await OkAsync("sign", "--role", "pump", "--keys", _folder.File("team")), StringComparison.Ordinal);
        Assert.Single(Read("2.pump").Targets);

        Assert.Equal("pump is revoked\n", await OkAsync("revoke", "pump", "--keys", _folder.File("fleet")));
        Assert.Null(Read("5.targets").Delegations);
        Assert.Contains(
            "the targets delegate to no 'pump'", (await RunAsync("sign", "--role", "pump", "--keys", _folder.File("team"))).Said,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'root' cannot be a team's role", "make", "root")]
    [InlineData("role 'No' must be", "make", "No")]
    [InlineData("--count 17 is outside 1 to 16", "make", "pump", "--count", "17")]
    [InlineData("the targets delegate to no 'pump'", "revoke", "pump")]
    [InlineData("has not the form FOLDER/NAME/FILE", "delegate", "pump", "--path", "models/**", "--public", "team/pump.pub")]
    [InlineData("--threshold 4 of 3 public keys", "delegate", "pump", "--path", "models/pump/*", "--public", "team/pump.pub", "--threshold", "4")]
    [InlineData("nothing.pub", "delegate", "pump", "--path", "models/pump/*", "--public", "nothing.pub")]
    public async Task What_cannot_be_delegated_is_said(string expected, params string[] arguments)
    {
        await OkAsync("init", "--keys", _folder.File("fleet"));
        await OkAsync("make", "pump", "--keys", _folder.File("team"));
        var (code, said) = await RunAsync(
            [.. arguments.Select(word => word.EndsWith(".pub", StringComparison.Ordinal) ? _folder.File(word) : word), "--keys",
                _folder.File("fleet")]);
        Assert.Equal(1, code);
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("repository/2.targets.json")));
    }

    private Task<string> DelegateAsync() => OkAsync(
        "delegate", "pump", "--path", "rules/pump/*", "--public", _folder.File("team/pump.pub"), "--terminating", "--keys", _folder.File("fleet"));

    private TargetsMetadata Read(string name) => TargetsMetadata.Read(File.ReadAllBytes(_folder.File($"repository/{name}.json"))).Body;

    private async Task<string> OkAsync(params string[] arguments)
    {
        var (code, said) = await RunAsync(arguments);
        Assert.True(code == 0, said);
        return said;
    }

    private Task<(int Code, string Said)> RunAsync(params string[] arguments) => OperatorProgram.RunAsync(
        new Dictionary<string, string>(),
        ["keys", .. arguments, .. arguments[0] == "make" ? [] : new[] { "--repository", _folder.File("repository") }]);
}
