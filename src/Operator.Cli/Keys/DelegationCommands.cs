using System.CommandLine;
using Hmas.Contracts;
using Hmas.Trust;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;

namespace Operator.Cli.Keys;

/// <summary><c>hmas keys make, delegate, revoke</c>: a team of its own releases some paths.</summary>
internal static class DelegationCommands
{
    private static readonly Argument<string> Role = new("role") { Description = "Name of the team's role, such as pump" };

    public static Command Make()
    {
        var count = new Option<int>("--count") { HelpName = "number", Description = "How many", DefaultValueFactory = static _ => 3 };
        var command = new Command("make", "A team makes its keys: ROLE-1.key and so on for its keepers, ROLE.pub for those who delegate") { Role,
            count, KeysCommand.Keys, KeysCommand.Passphrase };
        command.SetAction(parsed => KeysCommand.Run(() =>
        {
            var (role, made) = (RequireRole(parsed), parsed.GetValue(count));
            if (made is < 1 or > Quorum.MostKeys) throw new FormatException($"--count {made} is outside 1 to {Quorum.MostKeys}");
            Ceremony.MakeKeys(parsed.GetRequiredValue(KeysCommand.Keys), role, made, KeysCommand.PassphraseOf(parsed));
            Console.WriteLine($"{made} keys are in {parsed.GetRequiredValue(KeysCommand.Keys)}, {role}.pub beside them is for hmas keys delegate");
            return 0;
        }));
        return command;
    }

    public static Command Delegate()
    {
        var paths = new Option<string[]>("--path")
        {
            HelpName = "pattern",
            Description = "What it may release: models/pump/* and so on; repeatable", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var keys = new Option<string[]>("--public")
        {
            HelpName = "file",
            Description = "Files of its public keys, PEM; repeatable", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var threshold = new Option<int>("--threshold") { HelpName = "number", Description = "How many of them must sign", DefaultValueFactory = static _ => 2 };
        var terminating = new Option<bool>("--terminating")
        {
            Description = "Nobody else is asked about these paths once the targets do not list them",
        };
        var command = new Command(
            "delegate", "Trust a team's keys for some paths, or say anew by which keys and for what; signed by targets keys") { Role, paths, keys,
                threshold, terminating, KeysCommand.Keys, KeysCommand.Repository, KeysCommand.Passphrase };
        command.SetAction(parsed => KeysCommand.Run(() => Say(parsed, new DelegationTerms(
            RequireRole(parsed),
            Signers(parsed.GetRequiredValue(keys), parsed.GetValue(threshold)),
            [.. parsed.GetRequiredValue(paths).Select(RequirePath)], parsed.GetValue(terminating)))));
        return command;
    }

    public static Command Revoke()
    {
        var command = new Command(
            "revoke", "Trust a team no longer: devices refuse what only it has signed; signed by targets keys") { Role, KeysCommand.Keys,
                KeysCommand.Repository, KeysCommand.Passphrase };
        command.SetAction(parsed => KeysCommand.Run(() => Say(parsed, null)));
        return command;
    }

    private static int Say(ParseResult parsed, DelegationTerms? terms)
    {
        var role = RequireRole(parsed);
        var (have, need) = KeysCommand.Of(parsed).Delegate(role, terms);
        Console.WriteLine(have < need
            ? $"{have} of {need} signatures: carry the repository to the next keeper, who runs hmas keys sign"
            : terms is null ? $"{role} is revoked"
            : $"{role} is trusted for {string.Join(", ", terms.Paths)}: its team runs hmas keys sign --role {role}");
        return 0;
    }

    private static RoleSigners Signers(IEnumerable<string> files, int threshold)
    {
        byte[][] keys = [.. files.SelectMany(PublicKeyFile.Read)];
        return threshold >= 1 && threshold <= keys.Length && keys.Length <= Quorum.MostKeys
            ? new RoleSigners(keys, threshold)
            : throw new FormatException($"--threshold {threshold} of {keys.Length} public keys cannot be; at most {Quorum.MostKeys} keys");
    }

    /// <summary>A pattern that could cover an artefact's path, FOLDER/NAME/FILE.</summary>
    private static string RequirePath(string path) => path.Split('/') is [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 }]
        ? path : throw new FormatException($"--path '{path}' has not the form FOLDER/NAME/FILE, such as models/pump/*; no * crosses a /");

    private static string RequireRole(ParseResult parsed)
    {
        var role = Ids.Require(parsed.GetRequiredValue(Role), "role");
        return role is RootMetadata.Type or TargetsMetadata.Type or SnapshotMetadata.Type or TimestampMetadata.Type or "online"
            ? throw new UpdateException(UpdateReason.Format, $"'{role}' cannot be a team's role") : role;
    }
}
