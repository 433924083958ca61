using System.Text.Json;
using System.Text.Json.Nodes;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework.Repository;

/// <summary>The keys that are written here: Ed25519.</summary>
internal static class WrittenKey
{
    public static JsonObject Write(byte[] publicKey) => new()
    {
        ["keytype"] = "ed25519",
        ["scheme"] = "ed25519",
        ["keyval"] = new JsonObject { ["public"] = Convert.ToHexStringLower(publicKey) },
    };

    /// <param name="keys">By id.</param>
    /// <returns>32 bytes.</returns>
    /// <exception cref="UpdateException">No such key, or one of another kind.</exception>
    public static byte[] Read(JsonElement keys, string id)
    {
        var key = JsonFields.Object(keys, id);
        var scheme = JsonFields.Text(key, "scheme");
        return scheme == "ed25519"
            ? Convert.FromHexString(JsonFields.Text(JsonFields.Object(key, "keyval"), "public"))
            : throw new UpdateException(UpdateReason.Format, $"key {id} is {scheme}, only ed25519 is written here");
    }
}
