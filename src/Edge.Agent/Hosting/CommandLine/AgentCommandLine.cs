using System.CommandLine;
using System.Collections;

namespace Edge.Agent.Hosting.CommandLine;

/// <summary>The verbs and their options.</summary>
internal static class AgentCommandLine
{
    public static RootCommand Create()
    {
        var settings = new Option<string?>("--settings")
        {
            Description = "Settings file, YAML or JSON; deploy/edge/agent.yaml is a commented sample", HelpName = "file",
        };
        var set = new Option<string[]>(
            "--set")
        {
            Description = "One setting, such as sensor:pump:rateHz=10; repeatable, wins over file and HMAS_SECTION__KEY variables",
            HelpName = "section:key=value", Arity = ArgumentArity.ZeroOrMore,
        };
        var root = new RootCommand("HMAS agent: senses, decides and acts on its own, and learns with its fleet")
        {
            Run(settings, set), Status(settings, set), Check(settings, set), Replay(),
        };
        return root;
    }

    private static Command Run(Option<string?> settings, Option<string[]> set)
    {
        var exitAtEnd = new Option<bool>("--exit-at-end") { Description = "End when the recording has ended and the hub holds everything" };
        var command = new Command("run", "Run the agent") { settings, set, exitAtEnd };
        command.SetAction((
            parsed, ct) => Verbs.RunAsync(
                parsed.GetValue(settings), Variables(), parsed.GetValue(set) ?? [], new RunMode(parsed.GetValue(exitAtEnd)), ct));
        return command;
    }

    private static Command Status(Option<string?> settings, Option<string[]> set)
    {
        var socket = new Option<string?>("--socket") { Description = "Status socket [default: the one of the settings]", HelpName = "path" };
        var json = new Option<bool>("--json") { Description = "Print the JSON as it comes" };
        var command = new Command("status", "Show what the running agent says of itself") { settings, set, socket, json };
        command.SetAction((parsed, ct) =>
            Verbs.StatusAsync(
                parsed.GetValue(settings), Variables(), parsed.GetValue(set) ?? [], parsed.GetValue(socket), parsed.GetValue(json), ct));
        return command;
    }

    private static Command Check(Option<string?> settings, Option<string[]> set)
    {
        var command = new Command("check", "Check settings and rules, and print what would run") { settings, set };
        command.SetAction((parsed, ct) => Verbs.CheckAsync(parsed.GetValue(settings), Variables(), parsed.GetValue(set) ?? []));
        return command;
    }

    private static Command Replay()
    {
        var recording = new Option<string>("--recording") { Description = "CSV recording, laid out as SKAB", HelpName = "file", Required = true };
        var package = new Option<string>("--package") { Description = "Model package, .hmas", HelpName = "file", Required = true };
        var keys = new Option<string>(
            "--trusted-keys") { Description = "PEM file with the public keys to trust", HelpName = "file", Required = true };
        var output = new Option<string?>("--output") { Description = "CSV to write [default: standard output]", HelpName = "file" };
        var rate = new Option<double>("--rate") { Description = "Rows a second of recorded time", HelpName = "number", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "replay",
            "Run a package over a recording at full speed and write score and decision of each row") { recording, package, keys, output, rate };
        command.SetAction((parsed, ct) => Verbs.ReplayAsync(
            parsed.GetValue(recording)!, parsed.GetValue(package)!, parsed.GetValue(keys)!, parsed.GetValue(output), parsed.GetValue(rate), ct));
        return command;
    }

    private static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables()) variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return variables;
    }
}
