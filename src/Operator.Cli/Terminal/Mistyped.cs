using System.CommandLine;
using System.CommandLine.Parsing;

namespace Operator.Cli.Terminal;

/// <summary>What is mistyped is told in a line that stays in sight, with what belongs there, and not above a page of help.</summary>
internal static class Mistyped
{
    public const int ExitCode = 1;

    public static void Say(ParseResult parsed)
    {
        foreach (var told in parsed.Errors.Select(Told).Distinct(StringComparer.Ordinal)) Console.Error.WriteLine($"hmas: {told}");
        Console.Error.WriteLine($"hmas: what belongs there: ./{Path(parsed.CommandResult)} --help");
    }

    private static string Told(ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0, Argument: { } argument } => Missing(argument),
        CommandResult command when command.Command.Arguments.Where(argument => command.GetResult(argument) is not { Tokens.Count: > 0 }).ToList()
            is { Count: > 0 } missing && error.Message.StartsWith("Required argument", StringComparison.Ordinal) => string.Join("; ", missing.Select(Missing)),
        _ => error.Message,
    };

    private static string Missing(Argument argument) => $"<{argument.Name}> is missing: {argument.Description}";

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "hmas";
}
