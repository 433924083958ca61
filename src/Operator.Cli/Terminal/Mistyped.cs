using System.CommandLine;
using System.CommandLine.Parsing;
using Hmas.Contracts;

namespace Operator.Cli.Terminal;

/// <summary>What is mistyped is told in a line that stays in sight, with what belongs there, and not above a page of help.</summary>
internal static class Mistyped
{
    public const int ExitCode = 1;

    public static void Say(ParseResult parsed)
    {
        foreach (var told in Told(parsed).Distinct(StringComparer.Ordinal)) Console.Error.WriteLine($"hmas: {told}");
        Console.Error.WriteLine($"hmas: what belongs there: ./{Path(parsed.CommandResult)} --help");
    }

    /// <summary>The first word that nothing takes stands for those after it, and for what is missing because of it.</summary>
    private static IEnumerable<string> Told(ParseResult parsed) =>
        parsed.UnmatchedTokens is [var unknown, ..] ? [Unknown(unknown, parsed.CommandResult.Command)] : parsed.Errors.Select(Told);

    private static string Unknown(string word, Command command)
    {
        var known = command.Subcommands.Concat<Symbol>(command.Options).Select(static symbol => symbol.Name)
            .Where(name => name.StartsWith('-') == word.StartsWith('-')).ToList();
        var meant = known.Find(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase)) ?? NearestKey.Find(word, known);
        return $"nothing takes '{word}'{(meant is null ? "" : $"; did you mean {meant}?")}";
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
