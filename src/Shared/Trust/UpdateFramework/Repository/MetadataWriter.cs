using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework.Repository;

/// <summary>Makes the metadata of a repository (specification 4): what is to be signed, and the signed files. Pure; Ed25519
/// keys, consistent snapshots, lengths and SHA-256 wherever a file names another.</summary>
public static class MetadataWriter
{
    private const string SpecificationVersion = "1.0.34";

    /// <exception cref="ArgumentException">A threshold that its keys cannot reach, or a key twice in a role.</exception>
    public static JsonObject Root(long version, DateTimeOffset expires, TopLevelRoles roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        var (keys, entries) = (new JsonObject(), new JsonObject());
        (string Name, RoleSigners Signers)[] all = [
            (RootMetadata.Type, roles.Root), (SnapshotMetadata.Type, roles.Snapshot), (TargetsMetadata.Type, roles.Targets),
            (TimestampMetadata.Type, roles.Timestamp)];
        foreach (var (name, signers) in all)
        {
            entries[name] = Signing(name, signers, keys);
        }

        var root = Begin(RootMetadata.Type, version, expires);
        root["consistent_snapshot"] = true;
        root["keys"] = keys;
        root["roles"] = entries;
        return root;
    }

    /// <summary>Top-level targets, or, without delegations, those of a delegated role.</summary>
    /// <param name="delegations">In order of priority; a path is looked for in <paramref name="files"/> first.</param>
    /// <exception cref="ArgumentException">A delegation whose keys cannot reach its threshold.</exception>
    public static JsonObject Targets(
        long version, DateTimeOffset expires, IEnumerable<TargetFile> files, params IReadOnlyList<DelegationTerms> delegations)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(delegations);
        var targets = new JsonObject();
        foreach (var file in files)
        {
            var hashes = new JsonObject();
            foreach (var (algorithm, hash) in file.Hashes) hashes[algorithm] = hash;
            var entry = new JsonObject { ["length"] = file.Length, ["hashes"] = hashes };
            if (file.Custom is { } custom) entry["custom"] = JsonNode.Parse(custom.GetRawText());
            targets[file.Path] = entry;
        }

        var role = Begin(TargetsMetadata.Type, version, expires);
        role["targets"] = targets;
        if (delegations.Count > 0) role["delegations"] = Delegating(delegations);
        return role;
    }

    /// <param name="targets">The signed file that belongs to this state.</param>
    /// <param name="delegated">Files of delegated roles that do too, by name; null: none.</param>
    public static JsonObject Snapshot(
        long version, DateTimeOffset expires, long targetsVersion, ReadOnlySpan<byte> targets,
        IReadOnlyDictionary<string, MetadataVersion>? delegated = null) =>
        Naming(
            SnapshotMetadata.Type, version, expires,
            [.. delegated ?? new Dictionary<string, MetadataVersion>(), new("targets.json", VersionOf(targetsVersion, targets))]);

    /// <param name="snapshot">The signed file that is the present one.</param>
    public static JsonObject Timestamp(long version, DateTimeOffset expires, long snapshotVersion, ReadOnlySpan<byte> snapshot) =>
        Naming(
            TimestampMetadata.Type, version, expires,
            [new("snapshot.json", VersionOf(snapshotVersion, snapshot))]);

    /// <summary>How a file is named by another: version, length and SHA-256.</summary>
    public static MetadataVersion VersionOf(long version, ReadOnlySpan<byte> file) =>
        new(version, new FileFacts(
            file.Length, new Dictionary<string, string> { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(file)) }));

    /// <summary>The file: the role, and a signature of each key over its canonical form.</summary>
    public static byte[] Sign(JsonObject role, params IEnumerable<SigningKey> keys)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(keys);
        using var document = JsonDocument.Parse(role.ToJsonString());
        return Envelope(document.RootElement, keys, []);
    }

    /// <summary>The file with one more signature, for keepers of keys who sign one after the other; signing twice changes nothing.</summary>
    /// <exception cref="UpdateException">Not a metadata file.</exception>
    public static byte[] AddSignature(ReadOnlyMemory<byte> file, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        try
        {
            using var document = JsonDocument.Parse(file);
            var kept = JsonFields.Array(document.RootElement, "signatures").EnumerateArray()
                .Where(signature => JsonFields.Text(signature, "keyid") != KeyId(key.PublicKey))
                .Select(static signature => (JsonFields.Text(signature, "keyid"), JsonFields.Text(signature, "sig"))).ToList();
            return Envelope(JsonFields.Object(document.RootElement, "signed"), [key], kept);
        }
        catch (JsonException e)
        {
            throw new UpdateException(UpdateReason.Format, $"not JSON: {e.Message}", e);
        }
    }

    /// <summary>Lower-case hexadecimal SHA-256 of the key as metadata carries it, in canonical form.</summary>
    /// <param name="publicKey">Ed25519, 32 bytes.</param>
    public static string KeyId(byte[] publicKey)
    {
        using var document = JsonDocument.Parse(WrittenKey.Write(publicKey).ToJsonString());
        return Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Encode(document.RootElement)));
    }

    private static JsonObject Delegating(IReadOnlyList<DelegationTerms> delegations)
    {
        var keys = new JsonObject();
        var roles = new JsonArray();
        foreach (var terms in delegations)
        {
            var role = Signing(terms.Name, terms.Signers, keys);
            role["name"] = terms.Name;
            role["paths"] = new JsonArray([.. terms.Paths.Select(static path => (JsonNode)path)]);
            role["terminating"] = terms.Terminating;
            roles.Add((JsonNode)role);
        }

        return new JsonObject { ["keys"] = keys, ["roles"] = roles };
    }

    /// <summary>Who signs a role; its keys are added to <paramref name="keys"/>.</summary>
    private static JsonObject Signing(string name, RoleSigners signers, JsonObject keys)
    {
        var ids = new JsonArray();
        foreach (var key in signers.PublicKeys)
        {
            keys[KeyId(key)] = WrittenKey.Write(key);
            ids.Add((JsonNode)KeyId(key));
        }

        if (ids.DistinctBy(static id => (string?)id).Count() < ids.Count) throw new ArgumentException($"{name} has a key twice", nameof(signers));
        if (signers.Threshold < 1 || signers.Threshold > ids.Count)
            throw new ArgumentException($"{name}: {signers.Threshold} of {ids.Count} keys cannot sign", nameof(signers));
        return new JsonObject { ["keyids"] = ids, ["threshold"] = signers.Threshold };
    }

    private static JsonObject Begin(string type, long version, DateTimeOffset expires) => new()
    {
        ["_type"] = type,
        ["spec_version"] = SpecificationVersion,
        ["version"] = version,
        ["expires"] = expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    private static JsonObject Naming(string type, long version, DateTimeOffset expires, IEnumerable<KeyValuePair<string, MetadataVersion>> files)
    {
        var role = Begin(type, version, expires);
        var meta = new JsonObject();
        foreach (var (file, named) in files.OrderBy(static file => file.Key, StringComparer.Ordinal))
        {
            var hashes = new JsonObject();
            foreach (var (algorithm, hash) in named.Facts.Hashes) hashes[algorithm] = hash;
            var entry = new JsonObject { ["version"] = named.Version };
            if (named.Facts.Length is { } length) entry["length"] = length;
            if (hashes.Count > 0) entry["hashes"] = hashes;
            meta[file] = entry;
        }

        role["meta"] = meta;
        return role;
    }

    private static byte[] Envelope(JsonElement role, IEnumerable<SigningKey> keys, List<(string Id, string Signature)> kept)
    {
        var canonical = CanonicalJson.Encode(role);
        kept.AddRange(keys.Select(key => (KeyId(key.PublicKey), Convert.ToHexStringLower(key.Sign(canonical)))));
        var signatures = new JsonArray(
            [.. kept.Select(static entry => (JsonNode)new JsonObject { ["keyid"] = entry.Id, ["sig"] = entry.Signature })]);
        return Encoding.UTF8.GetBytes(new JsonObject { ["signatures"] = signatures, ["signed"] = JsonNode.Parse(canonical) }.ToJsonString());
    }
}
