using System.Text.Json;
using Hmas.Trust.UpdateFramework.Signatures;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>The roles that a targets role trusts for some paths, with the keys it trusts them by;
/// another delegator of the same role may name other keys.</summary>
/// <param name="Keys">By key id.</param>
/// <param name="Roles">In order of priority.</param>
/// <param name="Bins">Null unless the paths are spread over equal roles by their hash; then <paramref name="Roles"/> is empty.</param>
public sealed record Delegations(IReadOnlyDictionary<string, VerificationKey> Keys, IReadOnlyList<Delegation> Roles, HashBins? Bins)
{
    /// <summary>Whom this role asks about a target, in order.</summary>
    public IEnumerable<Delegation> For(string targetPath) => Bins is null ? Roles.Where(role => role.Covers(targetPath)) : [Bins.For(targetPath)];

    /// <summary>A role by its name, as the top-level targets trust it; null when it is not one of <see cref="Roles"/>.</summary>
    public DelegatedRole? OfTargets(string name) =>
        Roles.FirstOrDefault(role => role.Name == name) is { } found ? new DelegatedRole(TargetsMetadata.Type, found, Keys) : null;

    internal static Delegations Read(JsonElement delegations)
    {
        var keys = VerificationKey.ReadAll(JsonFields.Object(delegations, "keys"));
        if (delegations.TryGetProperty("succinct_roles", out _))
        {
            if (delegations.TryGetProperty("roles", out _))
                throw new UpdateException(UpdateReason.Format, "'roles' and 'succinct_roles' exclude one another");
            return new Delegations(keys, [], HashBins.Read(JsonFields.Object(delegations, "succinct_roles")));
        }

        Delegation[] roles = [.. JsonFields.Array(delegations, "roles").EnumerateArray().Select(Delegation.Read)];
        return roles.DistinctBy(role => role.Name, StringComparer.Ordinal).Count() == roles.Length
            ? new Delegations(keys, roles, null)
            : throw new UpdateException(UpdateReason.Format, "a role is delegated to twice");
    }
}
