using System.CommandLine;
using System.Security.Cryptography;
using Hmas.Storage;
using Hmas.Trust.UpdateFramework;
using Spectre.Console;

namespace Operator.Cli.Keys;

/// <summary><c>hmas keys</c>: the offline half of trust. Nothing here needs the network.</summary>
internal static class KeysCommand
{
    internal static readonly Option<string> Keys = new(
        "--keys") { HelpName = "folder", Description = "Folder of the keys at hand, *.key", DefaultValueFactory = static _ => "keys" };
    internal static readonly Option<string> Repository = new(
        "--repository") { HelpName = "folder", Description = "Folder of the repository's offline half; carry it from keeper to keeper, then to the hub",
            DefaultValueFactory = static _ => "repository" };
    internal static readonly Option<FileInfo?> Passphrase = new(
        "--passphrase-file") { HelpName = "file", Description = "File whose first line is the passphrase of the keys; otherwise a terminal asks where one is needed" };

    public static Command Create() =>
        new("keys", "Offline keys: make them, sign releases, change them, see when they expire") { Init(), Sign(), Rotate(), Status(),
            DelegationCommands.Make(), DelegationCommands.Delegate(), DelegationCommands.Revoke() };

    private static Command Init()
    {
        var root = new Option<string>(
            "--root") { HelpName = "m/n", Description = "Root keys: how many must sign, of how many", DefaultValueFactory = static _ => "2/3" };
        var targets = new Option<string>("--targets") { HelpName = "m/n", Description = "Targets keys: the same", DefaultValueFactory = static _ => "2/3" };
        var director = new Option<bool>(
            "--director") { Description = "Make the root keys of a director instead: the hub's online.key signs everything below them" };
        var command = new Command(
            "init", "Make all keys and the first root. Then give each keeper one root and one targets key, and the hub online.key") { Keys,
                Repository, Passphrase, root, targets, director };
        command.SetAction(parsed => Run(() =>
        {
            var made = parsed.GetValue(director)
                ? Of(parsed).BeginDirector(Quorum.Parse(parsed.GetRequiredValue(root)), PassphraseOf(parsed)) : Of(parsed)
                    .Begin(Quorum.Parse(parsed.GetRequiredValue(root)), Quorum.Parse(parsed.GetRequiredValue(targets)), PassphraseOf(parsed));
            KeysStatus.Print(made, TimeProvider.System.GetUtcNow());
            Console.WriteLine($"""
                Keys are in {parsed.GetRequiredValue(Keys)}: move each to its keeper, and leave none on a machine with a network.
                {OfflineRepository.OnlineKey(parsed.GetRequiredValue(Repository))} is the hub's, with the JSON files beside it; 1.root.json goes onto every device.
                """);
            return 0;
        }));
        return command;
    }

    private static Command Sign()
    {
        var packages = new Argument<string[]>(
            "package") { Description =
                "Files to release, packages of models (.hmas) unless --kind says otherwise; none: complete what waits, or prolong what is released",
                Arity = ArgumentArity.ZeroOrMore };
        var kind = new Option<string>(
            "--kind") { HelpName = "kind", Description = "What the files are: model, rules, agent, configuration, bundle or firmware", DefaultValueFactory = static _ =>
                "model" };
        var name = new Option<string?>("--name") { HelpName = "name", Description = "What they are a release of; a model and a bundle say their own" };
        var release = new Option<long?>("--release") { HelpName = "number", Description = "Its number, as in the registry; a model and a bundle say their own" };
        var hardware = new Option<string?>("--hardware") { HelpName = "classes", Description = "Classes that may run them, with commas between them [default: every one]" };
        var role = new Option<string>("--role")
        {
            HelpName = "role",
            Description = "Whose targets they join: those of the fleet, or of a team that they delegate to",
            DefaultValueFactory = static _ => "targets",
        };
        var command = new Command(
            "sign", "Release files with the keys at hand; the last keeper needed completes it") { packages, kind, name, release, hardware, role, Keys,
                Repository, Passphrase };
        command.SetAction(parsed => Run(() =>
        {
            var signed = parsed.GetRequiredValue(role);
            var (have, need) = Of(parsed).Sign(
                parsed.GetValue(packages) ?? [],
                ReleaseTerms.Parse(parsed.GetRequiredValue(kind), parsed.GetValue(name), parsed.GetValue(release), parsed.GetValue(hardware)),
                signed);
            Console.WriteLine(have >= need
                ? $"released: {signed} {OfflineRepository.Open(parsed.GetRequiredValue(Repository)).TargetsOf(signed)!.Header.Version}, {have} signatures of {need} needed"
                : $"{have} of {need} signatures: carry the repository to the next keeper, who runs hmas keys sign{(signed == "targets" ? "" : $" --role {signed}")}");
            return 0;
        }));
        return command;
    }

    private static Command Rotate()
    {
        var role = new Argument<string?>(
            "role") { Description = "root, targets or online; none: sign the root that waits", Arity = ArgumentArity.ZeroOrOne };
        var lost = new Option<string?>("--key") { HelpName = "id", Description = "First letters of the id of the one key to replace [default: all keys of the role]" };
        var command = new Command(
            "rotate",
            "Replace keys, before they expire or when one is lost; signed by the old threshold and the new") { role, lost, Keys, Repository,
                Passphrase };
        command.SetAction(parsed => Run(() =>
        {
            var isPresent = Of(parsed).Rotate(parsed.GetValue(role), parsed.GetValue(lost), PassphraseOf(parsed));
            Console.WriteLine(isPresent
                ? $"root {OfflineRepository.Open(parsed.GetRequiredValue(Repository)).Root.Header.Version} is the present one; devices follow it by themselves"
                : "the new root waits for signatures: carry the repository to the next keeper, who runs hmas keys rotate");
            return 0;
        }));
        return command;
    }

    private static Command Status()
    {
        var command = new Command(
            "status", "Who may sign what, until when, and what waits for whom; exit code 2 when something expires within 30 days") { Repository };
        command.SetAction(parsed =>
            Run(() => KeysStatus.Print(OfflineRepository.Open(parsed.GetRequiredValue(Repository)), TimeProvider.System.GetUtcNow())));
        return command;
    }

    internal static Ceremony Of(ParseResult parsed) =>
        new(parsed.GetRequiredValue(Keys), parsed.GetRequiredValue(Repository), path => PassphraseOf(parsed) ?? Ask(path), TimeProvider.System);

    internal static string? PassphraseOf(ParseResult parsed) =>
        parsed.GetValue(Passphrase) is { } file ? File.ReadLines(file.FullName).FirstOrDefault() : null;

    private static string Ask(string path) => AnsiConsole.Profile.Capabilities.Interactive
        ? AnsiConsole.Prompt(new TextPrompt<string>($"Passphrase of {Markup.Escape(path)}:").Secret(null))
        : throw new CryptographicException($"{path} is sealed: give --passphrase-file");

    /// <summary>What keepers can do wrong becomes one line on stderr and exit code 1.</summary>
    internal static int Run(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is UpdateException or CryptographicException or IOException or StorageException or FormatException
            or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"hmas: {e.Message}");
            return 1;
        }
    }
}
