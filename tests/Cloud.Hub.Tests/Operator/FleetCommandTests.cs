using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Tests.Host;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Tests.Operator;

/// <summary>The operator's program as a person runs it, against a real hub.</summary>
public sealed class FleetCommandTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly RedistributionScene _scene = new();
    private HubFixture _hub = null!;

    public async Task InitializeAsync()
    {
        _hub = await _scene.StartAsync(services: "all");
        var old = await RedistributionScene.AddModelAsync(_hub, 1);
        await RedistributionScene.AddModelAsync(_hub, 2);
        _scene.AddDevices(4, old.Digest);
    }

    public async Task DisposeAsync() => await ((IAsyncDisposable)this).DisposeAsync();

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task A_rollout_is_started_followed_and_explained_from_a_terminal()
    {
        var (code, said) = await RunAsync("rollout", "start", "pump:2", "--where", "site = site", "--group", "canary=1", "--group", "full", "--reason", "less noise");
        Assert.True(code == 0, said);
        Assert.Contains("canary 1 devices, full 3 devices", said, StringComparison.Ordinal);
        var id = said.Split(' ')[0];
        for (var group = 0; group < 2; group++)
        {
            await _scene.ReachedAsync(id, GroupState.Observing);
            for (var report = 0; report < 10; report++) await _scene.WorkAsync(_hub, id);
            await _scene.ReachedAsync(id, GroupState.Passed);
        }

        (code, said) = await RunAsync("rollout", "watch", id);
        Assert.True(code == 0, said);
        Assert.Contains("It completed: 4 of 4 devices answer with the new model.", said, StringComparison.Ordinal);
        (code, said) = await RunAsync("rollout", "explain", id);
        Assert.Equal(0, code);
        Assert.Contains("less noise", said, StringComparison.Ordinal);
        Assert.Contains("aimed at: site = site", said, StringComparison.Ordinal);
        Assert.Contains("canary: observing → passed: ", said, StringComparison.Ordinal);
        Assert.Contains("windows of 1 devices, alarm rate 5.0 % against 5.0 % of the control", said, StringComparison.Ordinal);
        Assert.Contains("Evidence of canary:", said, StringComparison.Ordinal);
        Assert.Contains("model-failures", said, StringComparison.Ordinal);
        Assert.Contains(id, (await RunAsync("rollout", "list")).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_is_paused_and_taken_back_from_a_terminal()
    {
        var id = (await RunAsync("rollout", "start", "pump", "--reason", "to be taken back")).Said.Split(' ')[0];
        await _scene.ReachedAsync(id, GroupState.Observing);
        Assert.Equal((0, $"{id} is paused\n"), await RunAsync("rollout", "pause", id));
        Assert.Equal(0, (await RunAsync("rollout", "restore", id)).Code);
        var (code, said) = await RunAsync("rollout", "watch", id);
        Assert.Equal(2, code);
        Assert.Contains("It was taken back (operator): 1 devices were changed, 1 of them answer with what they had before.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_put_in_quarantine_from_a_terminal()
    {
        var (code, said) = await RunAsync("models", "quarantine", "pump:2", "--reason", "misses seal leaks");
        Assert.True(code == 0, said);
        Assert.Contains("quarantined", (await RunAsync("models")).Said, StringComparison.Ordinal);
        (code, said) = await RunAsync("rollout", "start", "pump:2", "--reason", "again");
        Assert.Equal(1, code);
        Assert.Contains("quarantined", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Devices_and_models_are_listed()
    {
        var (code, said) = await RunAsync("devices");
        Assert.True(code == 0, said);
        Assert.Contains("5 devices, 5 online", said, StringComparison.Ordinal);
        Assert.Contains("pump 1", said, StringComparison.Ordinal);
        Assert.Contains("pump 2", (await RunAsync("models")).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_added_and_made_a_bundle_from_a_terminal()
    {
        var rules = Path.Combine(_scene.Folder, "rules.yaml");
        await File.WriteAllTextAsync(rules, "rules: []\n");
        var (code, said) = await RunAsync("artefacts", "add", rules, "--kind", "rules", "--name", "pump", "--hardware", "pump-a,pump-b");
        Assert.True(code == 0, said);
        Assert.Contains("rules pump 1", said, StringComparison.Ordinal);
        Assert.Contains("rules/pump/1-", said, StringComparison.Ordinal);
        var artefacts = _hub.Get<IArtefactRegistry>();
        var parts = (await artefacts.ListAsync(null, default)).Where(static entry => entry.Kind == ArtefactKind.Rules || entry.Release == 2).Select(static entry => entry.Digest[..20]);
        (code, said) = await RunAsync(["artefacts", "bundle", "set", .. parts, "--hardware", "pump-b"]);
        Assert.True(code == 0, said);
        Assert.Equal(("set", 1, "pump-b"), Assert.Single(await artefacts.ListAsync(ArtefactKind.Bundle, default)) is var bundle ? (bundle.Name, bundle.Release, Assert.Single(bundle.HardwareClasses)) : default);
        Assert.Contains("bundle set 1", (await RunAsync("artefacts", "show", bundle.Digest)).Said, StringComparison.Ordinal);
        said = (await RunAsync("artefacts", "list")).Said;
        Assert.All((string[])["pump 1", "pump 2", "set 1", "configuration"], word => Assert.Equal(word != "configuration", said.Contains(word, StringComparison.Ordinal)));
        (code, said) = await RunAsync(["artefacts", "bundle", "set", .. parts, "--hardware", "pump-c"]);
        Assert.Equal(1, code);
        Assert.Contains("rules pump 1 is made for pump-a, pump-b, not for pump-c", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind 'thing' is none of model, rules", "artefacts", "list", "--kind", "thing")]
    [InlineData("there is no model 'nothing'", "rollout", "start", "nothing", "--reason", "x")]
    [InlineData("no device matches where site = moon", "rollout", "start", "pump", "--reason", "x", "--where", "site = moon")]
    [InlineData("where: at character 6: 'is' stands where =", "rollout", "start", "pump", "--reason", "x", "--where", "site is moon")]
    [InlineData("--group canary=few: must be NAME=COUNT", "rollout", "start", "pump", "--reason", "x", "--group", "canary=few")]
    [InlineData("the shares sum to 0.99, not to 1", "rollout", "start", "pump", "--reason", "x", "--group", "a=49%", "--group", "b=50%")]
    [InlineData("there is none called 'r-1'", "rollout", "explain", "r-1")]
    [InlineData("that is no http or https address (--hub localhost)", "models", "--hub", "localhost")]
    [InlineData("Option '--reason' is required.", "rollout", "start", "pump")]
    public async Task What_cannot_be_done_is_said_in_one_line_with_exit_code_1(string reason, params string[] arguments)
    {
        var (code, said) = await RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.Contains(reason, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_named()
    {
        var (code, said) = await RunAsync("devices", "--hub", "http://127.0.0.1:1");
        Assert.Equal(1, code);
        Assert.Contains("(--hub http://127.0.0.1:1)", said, StringComparison.Ordinal);
    }

    private Task<(int Code, string Said)> RunAsync(params string[] arguments) => OperatorProgram.RunAsync(
        new Dictionary<string, string> { ["HMAS_HUB"] = _hub.Address("front").ToString(), ["HMAS_TOKEN_FILE"] = Path.Combine(_hub.Folder, "operator.token") }, arguments);
}
