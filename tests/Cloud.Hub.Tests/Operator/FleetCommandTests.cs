using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Tests.Operator;

/// <summary>The operator's program as a person runs it, against a real hub.</summary>
public sealed class FleetCommandTests : IAsyncLifetime
{
    private readonly FleetTerminal _terminal = new();

    public Task InitializeAsync() => _terminal.InitializeAsync();

    public Task DisposeAsync() => _terminal.DisposeAsync();

    [Fact]
    public async Task A_rollout_is_started_followed_and_explained_from_a_terminal()
    {
        var (code, said) = await _terminal.RunAsync(
            "rollout", "start", "pump:2", "--where", "site = site", "--group", "canary=1", "--group", "full", "--reason", "less noise");
        Assert.True(code == 0, said);
        Assert.Contains("canary 1 device, full 3 devices", said, StringComparison.Ordinal);
        var id = said.Split(' ')[0];
        for (var group = 0; group < 2; group++)
        {
            await _terminal.Scene.ReachedAsync(id, GroupState.Observing);
            for (var report = 0; report < 10; report++) await _terminal.Scene.WorkAsync(_terminal.Hub, id);
            await _terminal.Scene.ReachedAsync(id, GroupState.Passed);
        }

        (code, said) = await _terminal.RunAsync("rollout", "watch", id);
        Assert.True(code == 0, said);
        Assert.Contains("It completed: the new model answers on 4 of 4 devices.", said, StringComparison.Ordinal);
        (code, said) = await _terminal.RunAsync("rollout", "explain", id);
        Assert.Equal(0, code);
        Assert.Contains("less noise", said, StringComparison.Ordinal);
        Assert.Contains("aimed at: site = site", said, StringComparison.Ordinal);
        Assert.Contains("canary: observing → passed: ", said, StringComparison.Ordinal);
        Assert.Contains("windows of 1 device, alarm rate 5.0 % against 5.0 % of the control", said, StringComparison.Ordinal);
        Assert.Contains("Evidence of canary:", said, StringComparison.Ordinal);
        Assert.Contains("model-failures", said, StringComparison.Ordinal);
        Assert.Contains(id, (await _terminal.RunAsync("rollout", "list")).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_is_paused_and_taken_back_from_a_terminal()
    {
        var id = (await _terminal.RunAsync("rollout", "start", "pump", "--reason", "to be taken back")).Said.Split(' ')[0];
        await _terminal.Scene.ReachedAsync(id, GroupState.Observing);
        Assert.Equal((0, $"{id} is paused\n"), await _terminal.RunAsync("rollout", "pause", id));
        Assert.Equal(0, (await _terminal.RunAsync("rollout", "restore", id)).Code);
        var (code, said) = await _terminal.RunAsync("rollout", "watch", id);
        Assert.Equal(2, code);
        Assert.Contains(
            "It was taken back (operator): 1 device changed, 1 back at what was there before.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_put_in_quarantine_from_a_terminal()
    {
        var (code, said) = await _terminal.RunAsync("models", "quarantine", "pump:2", "--reason", "misses seal leaks");
        Assert.True(code == 0, said);
        Assert.Contains("quarantined", (await _terminal.RunAsync("models")).Said, StringComparison.Ordinal);
        (code, said) = await _terminal.RunAsync("rollout", "start", "pump:2", "--reason", "again");
        Assert.Equal(1, code);
        Assert.Contains("quarantined", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_added_and_made_a_bundle_from_a_terminal()
    {
        var rules = Path.Combine(_terminal.Scene.Folder, "rules.yaml");
        await File.WriteAllTextAsync(rules, "rules: []\n");
        var (code, said) = await _terminal.RunAsync("artefacts", "add", rules, "--kind", "rules", "--name", "pump", "--hardware", "pump-a,pump-b");
        Assert.True(code == 0, said);
        Assert.Contains("rules pump 1", said, StringComparison.Ordinal);
        Assert.Contains("rules/pump/1-", said, StringComparison.Ordinal);
        var artefacts = _terminal.Hub.Get<IArtefactRegistry>();
        var parts = (await artefacts.ListAsync(null, default)).Where(static entry => entry.Kind == ArtefactKind.Rules || entry.Release == 2)
            .Select(static entry => entry.Digest[..20]);
        (code, said) = await _terminal.RunAsync(["artefacts", "bundle", "set", .. parts, "--hardware", "pump-b"]);
        Assert.True(code == 0, said);
        Assert.Equal(
            ("set", 1, "pump-b"),
            Assert.Single(await artefacts.ListAsync(ArtefactKind.Bundle, default)) is var bundle
                ? (bundle.Name, bundle.Release, Assert.Single(bundle.HardwareClasses)) : default);
        Assert.Contains("bundle set 1", (await _terminal.RunAsync("artefacts", "show", bundle.Digest)).Said, StringComparison.Ordinal);
        said = (await _terminal.RunAsync("artefacts", "list")).Said;
        Assert.All(
            (string[])["pump 1", "pump 2", "set 1", "configuration"],
            word => Assert.Equal(word != "configuration", said.Contains(word, StringComparison.Ordinal)));
        (code, said) = await _terminal.RunAsync(["artefacts", "bundle", "set", .. parts, "--hardware", "pump-c"]);
        Assert.Equal(1, code);
        Assert.Contains("rules pump 1 is made for pump-a, pump-b, not for pump-c", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bash_completes_verbs_options_and_what_the_hub_knows()
    {
        var id = (await _terminal.RunAsync("rollout", "start", "pump", "--reason", "to be completed")).Said.Split(' ')[0];
        await _terminal.CompletesAsync("hmas ro", "rollout");
        await _terminal.CompletesAsync("hmas rollout res", "restore", "resume");
        await _terminal.CompletesAsync("hmas rollout start pump --wat", "--watch");
        await _terminal.CompletesAsync("hmas rollout explain ", id);
        // What stands before a colon is a word of its own to bash.
        await _terminal.CompletesAsync("hmas rollout start pump:", "1", "2");
        await _terminal.CompletesAsync("hmas rollout explain --hub http://127.0.0.1:1 ", "--token-file");
    }
}
