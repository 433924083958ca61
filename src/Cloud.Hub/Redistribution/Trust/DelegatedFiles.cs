using System.Globalization;
using Hmas.Contracts;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>Which file of each delegated role belongs to the present state of the image repository.</summary>
internal static class DelegatedFiles
{
    /// <summary>The roles that targets trust by path; a role has one file, so one that another role trusts is not published.</summary>
    /// <exception cref="UpdateException">A name that makes no file name.</exception>
    public static IReadOnlyList<DelegatedRole> Roles(TargetsMetadata targets)
    {
        if (targets.Delegations is not { } delegations) return [];
        if (delegations.Roles.FirstOrDefault(static role => !Ids.IsValid(role.Name)) is { } odd)
            throw new UpdateException(UpdateReason.Format, $"delegated role '{odd.Name}' needs a name of lower-case letters, digits or hyphens");
        return [.. delegations.Roles.Select(role => new DelegatedRole(TargetsMetadata.Type, role, delegations.Keys))];
    }

    /// <summary>Why devices would refuse a role's file; null: they take it.</summary>
    public static string? Fault(DelegatedRole role, ReadOnlyMemory<byte> file, DateTimeOffset now)
    {
        try
        {
            var body = TargetsMetadata.Read(file).Body;
            var (have, need) = (Signers.OfDelegated(role, file).Count, role.Delegation.Keys.Threshold);
            return have < need ? $"{role.Name} is signed by {have} of its keys, {need} are needed"
                : body.Header.Expires <= now ? $"{role.Name} {body.Header.Version} expired at {body.Header.Expires:u}"
                : body.Delegations is not null ? $"{role.Name} delegates further, which is not published here" : null;
        }
        catch (UpdateException e)
        {
            return e.Message;
        }
    }

    /// <summary>The newest file of a role that devices take, and that is not older than what they may have seen.</summary>
    public static byte[]? Usable(VersionedFiles files, DelegatedRole role, SnapshotMetadata? before, DateTimeOffset now)
    {
        var oldest = before?.Files.GetValueOrDefault(FileOf(role.Name))?.Version ?? 1;
        return files.From(role.Name, oldest).Where(file => Fault(role, file.Bytes, now) is null)
            .Where(static file => TargetsMetadata.Read(file.Bytes).Body.Header.Version == file.Version)
            .Select(static file => file.Bytes).FirstOrDefault();
    }

    /// <summary>How a snapshot lists these files, and those it once listed: what is gone from it stops every device (5.5.5).</summary>
    public static Dictionary<string, MetadataVersion> Listed(SnapshotMetadata? before, IEnumerable<(DelegatedRole Role, byte[]? File)> roles)
    {
        var listed = (before?.Files ?? new Dictionary<string, MetadataVersion>()).Where(static file => file.Key != FileOf(TargetsMetadata.Type))
            .ToDictionary(StringComparer.Ordinal);
        foreach (var (role, file) in roles)
        {
            if (file is not null) listed[FileOf(role.Name)] = MetadataWriter.VersionOf(TargetsMetadata.Read(file).Body.Header.Version, file);
        }

        return listed;
    }

    private static string FileOf(string role) => string.Create(CultureInfo.InvariantCulture, $"{role}.json");
}
