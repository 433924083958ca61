using System.CommandLine;
using Cloud.Hub.Host;
using Edge.Agent.Hosting.CommandLine;
using Operator.Cli;

namespace Cloud.Hub.Tests.Operator;

public sealed class HelpTests
{
    public static TheoryData<string> Programs { get; } = new("hmas", "hmas-hub", "hmas-agent");

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_verb_option_and_argument_says_what_it_is_and_what_its_value_looks_like(string program)
    {
        var commands = All(Create(program)).ToList();
        var silent = commands.SelectMany(static at => Silent(at.Path, at.Command)).ToList();
        Assert.True(silent.Count == 0, $"these say too little of themselves:\n{string.Join('\n', silent)}");
        Assert.True(commands.Count > 3, $"{program} has {commands.Count} commands");
    }

    private static RootCommand Create(string program) => program switch
    {
        "hmas" => OperatorCommand.Create(),
        "hmas-hub" => HubCommand.Create(),
        _ => AgentCommandLine.Create(),
    };

    private static IEnumerable<(string Path, Command Command)> All(Command command, string before = "")
    {
        var path = $"{before} {command.Name}";
        return command.Subcommands.SelectMany(verb => All(verb, path)).Prepend((path, command));
    }

    private static IEnumerable<string> Silent(string path, Command command)
    {
        if (string.IsNullOrWhiteSpace(command.Description)) yield return path;
        foreach (var argument in command.Arguments.Where(static argument => string.IsNullOrWhiteSpace(argument.Description)))
            yield return $"{path} <{argument.Name}>";
        foreach (var option in command.Options)
        {
            if (string.IsNullOrWhiteSpace(option.Description)) yield return $"{path} {option.Name}";
            if (option.ValueType != typeof(bool) && option.ValueType != typeof(void) && string.IsNullOrWhiteSpace(option.HelpName))
                yield return $"{path} {option.Name}: no name of its value";
        }
    }
}
