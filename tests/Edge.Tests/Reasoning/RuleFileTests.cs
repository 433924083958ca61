using Edge.Agent.Reasoning;
using Hmas.Contracts.Sensing;
using Hmas.Testing;

namespace Edge.Tests.Reasoning;

public sealed class RuleFileTests
{
    private static readonly RuleScope Scope = new(
        [new SensorChannel("a"), new SensorChannel("b")], 1, 60, new Dictionary<string, IReadOnlyList<string>> { ["valve"] = ["open", "close"] });

    [Theory]
    [InlineData("- id: x\n  when: { channel: nope, above: 1 }", 4, "rules[0].when.channel", "no channel 'nope'")]
    [InlineData("- id: x\n  when: { missing: nope }", 4, "rules[0].when.missing", "no channel 'nope'")]
    [InlineData("- id: x\n  when: { channel: a, above: high }", 4, "rules[0].when.above", "'high' is not a number")]
    [InlineData("- id: x\n  when: { channel: a, above: 1, below: 2 }", 4, "rules[0].when", "either above or below")]
    [InlineData("- id: x\n  when: { channel: a, above: 1, clear: 2 }", 4, "rules[0].when.clear", "must not lie above")]
    [InlineData("- id: x\n  when: { channel: a, stat: mean, above: 1 }", 4, "rules[0].when.over", "is missing")]
    [InlineData("- id: x\n  when: { channel: a, stat: mean, over: 2h, above: 1 }", 4, "rules[0].when.over", "the device keeps 60")]
    [InlineData("- id: x\n  when: { channel: a, stat: median, over: 2s, above: 1 }", 4, "rules[0].when.stat", "'median' must be")]
    [InlineData("- id: x\n  when: { prediction: mood }", 4, "rules[0].when.prediction", "'mood' must be")]
    [InlineData("- id: x\n  when: { channel: a, prediction: alarm }", 4, "rules[0].when", "exactly one of")]
    [InlineData("- id: x\n  when: { all: [] }", 4, "rules[0].when.all", "must have 1 to 64")]
    [InlineData("- id: x", 3, "rules[0].when", "is missing")]
    [InlineData("- id: Not Valid\n  when: { prediction: alarm }", 3, "rules[0].id", "lower-case")]
    [InlineData("- id: x\n  when: { prediction: alarm }\n- id: x\n  when: { prediction: alarm }", 5, "rules[1].id", "names two rules")]
    [InlineData("- id: x\n  when: { prediction: alarm }\n  hold: soon", 5, "rules[0].hold", "is not a duration")]
    [InlineData("- id: x\n  when: { prediction: alarm }\n  colour: red", 5, "rules[0].colour", "unknown field")]
    [InlineData("- id: x\n  when: { prediction: alarm }\n  debounce: { count: 5, of: 3 }", 5, "rules[0].debounce.count", "cannot be")]
    [InlineData(
        "- id: x\n  when: { prediction: alarm }\n  action: { actuator: horn, command: blow }", 5, "rules[0].action.actuator", "no actuator 'horn'")]
    [InlineData(
        "- id: x\n  when: { prediction: alarm }\n  action: { actuator: valve, command: blow }", 5, "rules[0].action.command", "does not know 'blow'")]
    public void A_rule_that_cannot_be_judged_is_refused_with_file_line_field_and_reason(string rules, long line, string field, string reason)
    {
        var e = Assert.Throws<RuleFileException>(() => RuleFile.Parse($"version: 1\nrules:\n{rules}\n", "rules.yaml", Scope));
        Assert.Equal(("rules.yaml", line, field), (e.File, e.Line, e.Field));
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rules: [", "is not YAML")]
    [InlineData("version: 2\nrules: []", "must be 1")]
    [InlineData("version: 1\nrules: &r [ *r ]", "aliases are not allowed")]
    [InlineData("version: 1\n---\nversion: 1", "more than one document")]
    [InlineData("just text", "must be a mapping")]
    public void A_file_that_is_no_rule_file_is_refused(string yaml, string reason)
    {
        var e = Assert.Throws<RuleFileException>(() => RuleFile.Parse(yaml, "rules.yaml", Scope));
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_before_a_tree_is_built()
    {
        var yaml = $"version: 1\nrules: {new string('[', 5000)}{new string(']', 5000)}";
        Assert.Contains("deeper", Assert.Throws<RuleFileException>(() => RuleFile.Parse(yaml, "rules.yaml", Scope)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        using var folder = new TempFolder();
        var path = folder.File("rules.yaml");
        Assert.Equal(path, Assert.Throws<RuleFileException>(() => RuleFile.Load(path, Scope)).File);
    }

    [Fact]
    public void The_sample_file_fits_a_pump()
    {
        var scope = new RuleScope(
            Edge.Sensors.Simulation.PumpChannels.All, 1, 4096, new Dictionary<string, IReadOnlyList<string>> { ["log"] = ["write"] });
        Assert.NotEmpty(RuleFile.Load(Path.Combine(Repository.Root, "deploy/edge/rules.yaml"), scope).Rules);
    }

    [Fact]
    public void Equal_signals_of_different_rules_are_one()
    {
        const string Yaml = """
            version: 1
            rules:
              - id: one
                when: { channel: a, stat: mean, over: 10s, above: 1 }
              - id: two
                when: { channel: a, stat: mean, over: 10s, above: 2 }
            """;
        Assert.Single(RuleFile.Parse(Yaml, "rules.yaml", Scope).Signals);
    }
}
