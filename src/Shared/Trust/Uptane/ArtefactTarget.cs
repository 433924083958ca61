using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hmas.Contracts.Artefacts;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.Uptane;

/// <summary>How an artefact stands in both repositories (docs/formats/assignment.md).</summary>
public static class ArtefactTarget
{
    private const int DigestDigits = 12;

    /// <summary><c>models/NAME/RELEASE-ABCDEF012345.hmas</c>, <c>rules/NAME/RELEASE-ABCDEF012345.yaml</c> and so on.</summary>
    /// <param name="digest">As the registry names it, <c>sha256:</c> and 64 hex digits.</param>
    public static string PathOf(ArtefactKind kind, string name, long release, string digest) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{FolderOf(kind, name)}{release}-{ArtefactDigest.Hex(digest).AsSpan(0, DigestDigits)}{ArtefactKinds.Ending(kind)}");

    /// <summary>The path up to the release.</summary>
    public static string FolderOf(ArtefactKind kind, string name) => $"{ArtefactKinds.Folder(kind)}/{name}/";

    /// <summary>What the image repository says: these bytes are this release, for this hardware.</summary>
    /// <param name="sha256">Of the whole file, 32 bytes. A model's digest is another: that of its manifest.</param>
    public static TargetFile Image(
        ArtefactKind kind, string name, long release, string digest, long length, ReadOnlySpan<byte> sha256, IReadOnlyList<string> hardwareClasses)
    {
        ArgumentNullException.ThrowIfNull(hardwareClasses);
        return new TargetFile(
            PathOf(kind, name, release, digest), length, new Dictionary<string, string> { ["sha256"] = Convert.ToHexStringLower(sha256) },
            Terms(new JsonObject
            {
                ["artefact"] = ArtefactKinds.Counter(kind, name),
                ["release"] = release,
                ["hardware"] = new JsonArray([.. hardwareClasses.Select(static hardware => (JsonNode)hardware)]),
            }));
    }

    /// <summary>The same for a model's package that is at hand.</summary>
    /// <param name="package">The whole file.</param>
    public static TargetFile Model(string name, long release, string digest, ReadOnlySpan<byte> package, IReadOnlyList<string> hardwareClasses) =>
        Image(ArtefactKind.Model, name, release, digest, package.Length, SHA256.HashData(package), hardwareClasses);

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
