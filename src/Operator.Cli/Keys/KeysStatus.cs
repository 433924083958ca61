using System.Globalization;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;
using Operator.Cli.Fleet;
using Operator.Cli.Terminal;

namespace Operator.Cli.Keys;

/// <summary>Who may sign what, until when, and what waits for whom.</summary>
internal static class KeysStatus
{
    /// <returns>0; 2 when something expires soon or has.</returns>
    public static int Print(OfflineRepository offline, DateTimeOffset now)
    {
        var root = offline.Root;
        (string Role, RoleKeys Keys, RoleHeader? Header)[] roles = offline.IsDirector
            ? [("root", root.Root, root.Header), ("targets, snapshot, timestamp (hub)", root.Snapshot, null)]
            : [("root", root.Root, root.Header), ("targets", root.Targets, offline.Targets.Header),
                ("snapshot, timestamp (hub)", root.Snapshot, null), .. Delegated(offline)];
        Tables.Print(
            ["role", "version", "must sign", "keys", "expires", "days left"],
            roles.Select(role => (string[])
            [
                role.Role, role.Header?.Version.ToString(CultureInfo.InvariantCulture) ?? "-", $"{role.Keys.Threshold} of {role.Keys.KeyIds.Count}",
                string.Join(" ", role.Keys.KeyIds.Select(Words.Digest)),
                role.Header is { Version: > 0 } header ? Words.Time(header.Expires) : "-",
                role.Header is { Version: > 0 } dated ? Left(dated, now).ToString(CultureInfo.InvariantCulture) : "-",
            ]));
        if (!offline.IsDirector) Tables.Say($"{offline.Targets.Targets.Count} files are released");
        foreach (var terms in offline.IsDirector ? [] : offline.Delegations)
        {
            var files = offline.TargetsOf(terms.Name)?.Targets.Count ?? 0;
            Tables.Say($"{terms.Name} is trusted for {string.Join(", ", terms.Paths)}{(terms.Terminating ? ", terminating" : "")}: {files} files");
            if (offline.Staged(terms.Name) is { } waiting)
                Tables.Say(
                    $"{terms.Name} {Version(waiting)} waits: {offline.SignersOf(terms.Name, waiting).Count} of {terms.Signers.Threshold} have signed");
        }

        if (offline.StagedRoot is { } nextRoot)
        {
            var next = RootMetadata.Read(nextRoot).Body;
            Tables.Say(
                $"root {next.Header.Version} waits: {Signers.OfRoot(root, nextRoot).Count} of {root.Root.Threshold} present root keys, {Signers.OfRoot(next, nextRoot).Count} of {next.Root.Threshold} new ones have signed");
        }

        if (offline.StagedTargets is { } nextTargets)
            Tables.Say(
                $"targets {Version(nextTargets)} wait: {Signers.OfTargets(root, nextTargets).Count} of {root.Targets.Threshold} have signed");
        var warnings = roles
            .Select(role => role.Header is { } header
                ? new RoleLife(offline.IsDirector ? "director" : "images", role.Role, header, ByHand: true).Warning(now) : null)
            .OfType<string>().ToList();
        foreach (var warning in warnings) Tables.Say(warning);
        return warnings.Count > 0 ? 2 : 0;
    }

    /// <summary>A file that a role's present keys have not signed, such as one from before their change, does not count.</summary>
    private static IEnumerable<(string Role, RoleKeys Keys, RoleHeader? Header)> Delegated(OfflineRepository offline) =>
        from terms in offline.Delegations
        let header = offline.IsSigned(terms.Name) ? offline.TargetsOf(terms.Name)!.Header : RoleLife.Missing
        select (terms.Name, offline.KeysOf(terms.Name), (RoleHeader?)header);

    private static long Version(byte[] targets) => TargetsMetadata.Read(targets).Body.Header.Version;

    private static int Left(RoleHeader header, DateTimeOffset now) => (int)Math.Floor((header.Expires - now).TotalDays);
}
