using System.CommandLine;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Cloud.Hub.Host;
using Edge.Agent.Hosting.CommandLine;
using Hmas.Testing;
using Operator.Cli;

namespace Cloud.Hub.Tests.Operator;

/// <summary>Commands that documents quote, against the programs' own command lines.</summary>
public sealed partial class QuotedCommandTests
{
    private static readonly RootCommand Fleet = OperatorCommand.Create();
    private static readonly RootCommand Hub = HubCommand.Create();
    private static readonly RootCommand Agent = AgentCommandLine.Create();

    [Fact]
    public async Task Every_verb_and_option_that_a_document_quotes_is_one()
    {
        var figures = (await CompleteAsync("bench ")).ToHashSet(StringComparer.Ordinal);
        var verbs = (await CompleteAsync("")).Append("complete").ToHashSet(StringComparer.Ordinal);
        var quoted = Documents().SelectMany(static file => File.ReadLines(file).SelectMany(static line => Quoted().Matches(line))
            .Select(match => (Place: Path.GetRelativePath(Repository.Root, file), Text: match.Groups[1].Value))).ToList();
        var unknown = quoted.Select(one => (one.Place, one.Text, Why: WhatIsUnknown(Words(one.Text), verbs, figures)))
            .Where(static one => one.Why is not null).Select(static one => $"{one.Place}: ./hmas {one.Text}: {one.Why}").ToList();
        Assert.True(unknown.Count == 0, string.Join('\n', unknown));
        Assert.True(quoted.Count > 100, $"{quoted.Count} commands were found");
    }

    [Theory]
    [InlineData("rollout strat pump", "strat")]
    [InlineData("rollout start pump --grupe canary=1", "--grupe")]
    [InlineData("flet", "flet")]
    [InlineData("learn sho ID", "sho")]
    [InlineData("bench rollout-gate", "rollout-gate")]
    public void What_is_none_is_found(string text, string unknown) =>
        Assert.Equal(unknown, WhatIsUnknown(Words(text), ["rollout", "learn", "bench"], ["rollout-gates"]));

    /// <summary>The word that no program knows; null: they know all.</summary>
    private static string? WhatIsUnknown(List<string> words, HashSet<string> verbs, HashSet<string> figures)
    {
        if (words is not [var verb, .. var rest]) return null;
        if (!verbs.Contains(verb)) return verb;
        if (verb == "bench") return rest is [var figure, ..] && Name().IsMatch(figure) && !figures.Contains(figure) ? figure : null;
        return Trees(verb).Select(tree => In(tree, rest)).OrderBy(static found => found is null ? 0 : 1).FirstOrDefault();
    }

    /// <summary>Whose verb it is; of <c>learn</c> both programs have a part.</summary>
    private static IEnumerable<Command> Trees(string verb) => verb switch
    {
        "agent" => [Agent],
        "hub" => [Hub],
        "score" => [Verb(Hub, verb)],
        "learn" => [Verb(Fleet, verb), Verb(Hub, verb)],
        _ => Fleet.Subcommands.Where(command => command.Name == verb),
    };

    private static Command Verb(Command program, string name) => program.Subcommands.Single(command => command.Name == name);

    private static string? In(Command command, List<string> words)
    {
        foreach (var word in words)
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                if (word != "--help" && Options(command).All(option => option.Name != word)) return word;
            }
            else if (command.Subcommands.FirstOrDefault(one => one.Name == word) is { } deeper)
            {
                command = deeper;
            }
            else if (command.Action is null && Name().IsMatch(word))
            {
                return word;
            }
        }

        return null;
    }

    /// <summary>Its own; of a verb that stands before a placeholder (<c>score SET</c>) those of what may stand there.</summary>
    private static IEnumerable<Option> Options(Command command) =>
        command.Action is null ? command.Options.Concat(command.Subcommands.SelectMany(static one => one.Options)) : command.Options;

    /// <summary>As far as it is a command: no comment, no brackets of what may be left out, of alternatives the first.</summary>
    private static List<string> Words(string text) =>
        [.. text.Split('#')[0].Replace("\\|", "|", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static word => word.Trim('[', ']', ',', ':', ';', '…').Split('|')[0]).TakeWhile(static word => word != "\\")];

    private static IEnumerable<string> Documents() =>
        new[] { "docs", "deploy", "src" }.SelectMany(static folder => Directory.EnumerateFiles(
                Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories))
            .Where(static file => !file.Contains("node_modules", StringComparison.Ordinal))
            .Append(Path.Combine(Repository.Root, "README.md")).Append(Path.Combine(Repository.Root, "CONTRIBUTING.md"));

    private static async Task<string[]> CompleteAsync(string line) =>
        (await Tool.TryAsync(new ProcessStartInfo(Path.Combine(Repository.Root, "hmas"), ["complete", line]))).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\./hmas ([a-z][^`()]*)")]
    private static partial Regex Quoted();

    /// <summary>What could be a verb: a placeholder is in capitals, a path has a dot, a value a digit or a sign.</summary>
    [GeneratedRegex("^[a-z][a-z-]+$")]
    private static partial Regex Name();
}
