using System.Globalization;
using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>2^BitLength equal roles that share the target paths by hash ("succinct_roles", TAP 15): a
/// large registry without a large delegation table.</summary>
/// <param name="BitLength">1 to 32: how many leading bits of the path's SHA-256 choose the role.</param>
/// <param name="NamePrefix">Roles are called <c>prefix-hex</c>.</param>
public sealed record HashBins(RoleKeys Keys, int BitLength, string NamePrefix)
{
    /// <summary>The one role that may list the path.</summary>
    public Delegation For(string targetPath)
    {
        var first = uint.Parse(PathSet.HashOf(targetPath).AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var digits = (BitLength + 3) / 4;
        var bin = (first >> (32 - BitLength)).ToString($"x{digits}", CultureInfo.InvariantCulture);
        // There is no other role to ask, so it ends the search.
        return new Delegation($"{NamePrefix}-{bin}", Keys, Terminating: true, new PathSet([], [""]));
    }

    internal static HashBins Read(JsonElement bins)
    {
        var bits = JsonFields.Integer(bins, "bit_length", min: 1);
        return bits <= 32
            ? new HashBins(RoleKeys.Read(bins), (int)bits, Delegation.RequireName(JsonFields.Text(bins, "name_prefix")))
            : throw new UpdateException(UpdateReason.Format, $"'bit_length' {bits} is beyond 32");
    }
}
