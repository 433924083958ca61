using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.Uptane;

/// <summary>How a model package stands in both repositories (docs/formats/assignment.md).</summary>
public static class ModelTarget
{
    private const int DigestDigits = 12;

    /// <summary><c>models/NAME/RELEASE-ABCDEF012345.hmas</c>.</summary>
    /// <param name="digest">Of the package, <c>sha256:</c> and 64 hex digits.</param>
    public static string PathOf(string name, long release, string digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return string.Create(CultureInfo.InvariantCulture, $"{FolderOf(name)}{release}-{digest.AsSpan(digest.IndexOf(':', StringComparison.Ordinal) + 1, DigestDigits)}.hmas");
    }

    /// <summary>The path up to the release.</summary>
    public static string FolderOf(string name) => $"models/{name}/";

    /// <summary>What the image repository says: these bytes are this release, for any hardware. A model's manifest itself says which channels and rate it needs.</summary>
    /// <param name="package">The whole file.</param>
    public static TargetFile Image(string name, long release, string digest, ReadOnlySpan<byte> package) => new(
        PathOf(name, release, digest), package.Length, new Dictionary<string, string> { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(package)) },
        Terms(new JsonObject { ["artefact"] = name, ["release"] = release, ["hardware"] = new JsonArray((JsonNode)InstallRules.AnyHardware) }));

    /// <summary>What the director says: this device gets that file.</summary>
    public static TargetFile Assigned(TargetFile image, DeviceIdentity device)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(device);
        return image with { Custom = Terms(new JsonObject { ["device"] = device.DeviceId, ["hardware"] = device.HardwareClass }) };
    }

    private static JsonElement Terms(JsonObject terms)
    {
        using var document = JsonDocument.Parse(new JsonObject { ["hmas"] = terms }.ToJsonString());
        return document.RootElement.Clone();
    }
}
