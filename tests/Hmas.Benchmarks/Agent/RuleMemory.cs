using Edge.Agent.Reasoning;
using Hmas.Contracts.Sensing;

namespace Hmas.Benchmarks.Agent;

/// <summary>What a loaded rule holds of memory while it is judged.</summary>
internal static class RuleMemory
{
    private const int Rules = 1000;

    /// <summary>Managed bytes of a rule file and its engine, over its rules.</summary>
    public static double BytesPerRule()
    {
        var channels = Enumerable.Range(0, 8).Select(i => new SensorChannel($"c{i}")).ToArray();
        var scope = new RuleScope(channels, 100, 4096, new Dictionary<string, IReadOnlyList<string>> { ["valve"] = ["set"] });
        var yaml = "version: 1\nrules:\n" + string.Concat(Enumerable.Range(0, Rules).Select(i =>
            $"- id: rule-{i}\n  when: {{ all: [ {{ channel: c{i % 8}, stat: deviation, over: 10s, above: {i} }}, {{ not: {{ prediction: alarm }} }} ] }}\n" +
            "  debounce: { for: 2s }\n  hold: 5s\n  action: { actuator: valve, command: set, value: 0.5, release: { command: set, value: 1 } }\n"));
        // Once before: what is made only once in a process is no rule's.
        _ = new RuleEngine(RuleFile.Parse(yaml, "bench.yaml", scope));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var engine = new RuleEngine(RuleFile.Parse(yaml, "bench.yaml", scope));
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(engine);
        return (double)held / Rules;
    }
}
