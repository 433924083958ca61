using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Trust in another role for some paths.</summary>
/// <param name="Terminating">Whether nobody else is asked about a path that this delegation covers.</param>
/// <param name="Paths">What it covers.</param>
public sealed record Delegation(string Name, RoleKeys Keys, bool Terminating, PathSet Paths)
{
    private static readonly string[] Reserved = [RootMetadata.Type, TimestampMetadata.Type, SnapshotMetadata.Type, TargetsMetadata.Type];

    public bool Covers(string targetPath) => Paths.Contains(targetPath);

    internal static Delegation Read(JsonElement role) =>
        new(RequireName(JsonFields.Text(role, "name")), RoleKeys.Read(role), JsonFields.Flag(role, "terminating"), PathSet.Read(role));

    /// <summary>A delegated role must not pass for a top-level one, on disk or on the wire.</summary>
    internal static string RequireName(string name) =>
        name.Length == 0 || Reserved.Contains(name, StringComparer.Ordinal)
            ? throw new UpdateException(UpdateReason.Format, $"'{name}' cannot be a delegated role's name")
            : name;
}
