using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>What every role's metadata begins with.</summary>
/// <param name="Type">root, timestamp, snapshot or targets (delegated roles are targets).</param>
/// <param name="Version">1 or more.</param>
/// <param name="Expires">UTC, whole seconds; not trusted from this moment on.</param>
public sealed record RoleHeader(string Type, long Version, DateTimeOffset Expires)
{
    internal static RoleHeader Read(JsonElement signed, string type)
    {
        var found = JsonFields.Text(signed, "_type");
        if (!string.Equals(found, type, StringComparison.Ordinal)) throw new UpdateException(UpdateReason.Format, $"'_type' is {found}");
        // Any 1.x: the specification keeps what it adds there readable by older clients.
        var specification = JsonFields.Text(signed, "spec_version");
        if (specification != "1" && !specification.StartsWith("1.", StringComparison.Ordinal))
            throw new UpdateException(UpdateReason.Format, $"'spec_version' {specification} is not 1.x");
        return new RoleHeader(type, JsonFields.Integer(signed, "version", min: 1), JsonFields.Time(signed, "expires"));
    }
}
