using Cloud.Hub.Host;
using Hmas.Trust;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>A root whose one key this hub holds: made on first start, followed by the next version when half of its life is over.</summary>
internal static class HeldRoot
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    /// <exception cref="HubStartException">The root that lies there is another key's.</exception>
    public static RootMetadata Renewed(VersionedFiles files, SigningKey key, TopLevelRoles roles, DateTimeOffset now)
    {
        var present = files.Newest(RootMetadata.Type) is { } bytes ? RootMetadata.Read(bytes).Body : null;
        if (present is not null && !present.Root.KeyIds.Contains(MetadataWriter.KeyId(key.PublicKey)))
            throw new HubStartException(
                "a root in the trust folder names another key than this hub holds; if it came from a signing ceremony, set Redistribution:OfflineTargets");
        if (present is not null && present.Header.Expires - now > Life / 2) return present;
        var version = (present?.Header.Version ?? 0) + 1;
        var next = MetadataWriter.Sign(MetadataWriter.Root(version, now + Life, roles), key);
        files.Write(RootMetadata.Type, version, next);
        return RootMetadata.Read(next).Body;
    }
}
