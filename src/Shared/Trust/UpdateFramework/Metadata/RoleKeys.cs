using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Who must sign a role.</summary>
/// <param name="KeyIds">No id stands twice; an id may name no known key, which then can never sign.</param>
/// <param name="Threshold">How many different keys must have signed, 1 or more; may exceed the ids, and then nothing is ever accepted.</param>
public sealed record RoleKeys(IReadOnlyList<string> KeyIds, long Threshold)
{
    internal static RoleKeys Read(JsonElement role)
    {
        var ids = JsonFields.Texts(role, "keyids");
        return ids.Distinct(StringComparer.Ordinal).Count() == ids.Count
            ? new RoleKeys(ids, JsonFields.Integer(role, "threshold", min: 1))
            : throw new UpdateException(UpdateReason.Format, "a key id stands twice in a role");
    }
}
