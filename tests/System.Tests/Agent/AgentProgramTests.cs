using System.Net;
using System.Net.Sockets;
using Hmas.Testing;

namespace Hmas.System.Tests.Agent;

/// <summary>The agent as a program: what a person at a terminal sees.</summary>
public sealed class AgentProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Help_names_every_verb()
    {
        var (code, output, _) = await AgentProgram.RunAsync("--help");
        Assert.Equal(0, code);
        Assert.All(["run", "status", "check", "replay"], verb => Assert.Contains($"  {verb} ", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        var (code, output, _) = await AgentProgram.RunAsync("--version");
        Assert.Equal((0, 1), (code, output.Trim().Split('\n').Length));
        Assert.Matches("^[0-9]+[.][0-9]+", output);
    }

    [Fact]
    public async Task Settings_that_contradict_end_it_with_code_2_and_a_line_for_each()
    {
        var file = Write("sensor: { kind: pump, replay: { folder: x } }\nlog: { levle: debug }");
        var (code, _, error) = await AgentProgram.RunAsync("run", "--settings", file);
        Assert.Equal(2, code);
        Assert.Contains($"{file}: log:levle is not a setting; did you mean log:level?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_for_a_channel_that_is_not_there_ends_it_with_code_2_and_its_place()
    {
        var rules = _folder.File("rules.yaml");
        File.WriteAllText(rules, "version: 1\nrules:\n  - id: hot\n    when: { channel: Nowhere, above: 1 }\n");
        var (code, _, error) = await AgentProgram.RunAsync("check", "--settings", Write($"sensor: {{ kind: pump }}\nrules: {{ file: '{rules}' }}"));
        Assert.Equal(2, code);
        Assert.Contains(rules, error, StringComparison.Ordinal);
        Assert.Contains("Nowhere", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_made_ends_it_with_its_path()
    {
        File.WriteAllText(_folder.File("state"), "a file stands there");
        var (code, _, error) = await AgentProgram.RunAsync("run", "--settings", Write("sensor: { kind: pump }"));
        Assert.Equal(1, code);
        Assert.Contains(_folder.File("state"), error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_agent_on_the_same_state_folder_ends_with_a_line_that_says_so()
    {
        var settings = Write("sensor: { kind: pump }");
        await using var first = AgentProgram.Start(settings);
        await first.SaidAsync("Outbox open");
        var (code, _, error) = await AgentProgram.RunAsync("run", "--settings", settings);
        Assert.Equal(1, code);
        Assert.Contains($"An agent runs with the state folder {_folder.File("state")} already", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verb_that_is_mistyped_is_told_beside_the_one_that_was_meant()
    {
        var (code, output, error) = await AgentProgram.RunAsync("rum");
        Assert.Equal(1, code);
        Assert.Contains("Did you mean one of the following?\nrun\n", output + error, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage:", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metrics_port_in_use_is_a_warning_and_the_agent_goes_on()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        File.WriteAllText(_folder.File("a.csv"), "datetime;x\n2020-01-01 00:00:00;1\n2020-01-01 00:00:01;2\n");
        var sensor = $"sensor: {{ kind: replay, replay: {{ files: ['{_folder.File("a.csv")}'], speed: 0, columns: [{{ column: x }}] }} }}";
        var (code, _, error) = await AgentProgram.RunAsync(
            "run", "--exit-at-end", "--settings", Write($"{sensor}\nstatus: {{ metricsPort: {port} }}"));
        Assert.Contains($"metrics on port {port} is not available", error, StringComparison.Ordinal);
        Assert.Contains("stream has ended after 2 frames", error, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task A_status_without_an_agent_says_where_it_looked()
    {
        var (code, _, error) = await AgentProgram.RunAsync("status", "--socket", _folder.File("none.sock"));
        Assert.Equal(1, code);
        Assert.Contains(_folder.File("none.sock"), error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Write(string sections)
    {
        File.WriteAllText(_folder.File("agent.yaml"), $"device: {{ site: north, id: p, stateFolder: '{_folder.File("state")}' }}\n{sections}\n");
        return _folder.File("agent.yaml");
    }
}
