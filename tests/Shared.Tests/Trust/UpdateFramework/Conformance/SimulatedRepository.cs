using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>A repository that a test owns: metadata as plain JSON, signed by real keys when published, with every
/// request written down. Valid and at version 1 from the start.</summary>
public sealed class SimulatedRepository
{
    private readonly Lock _lock = new();

    /// <param name="now">Everything expires 30 days later unless a test says otherwise.</param>
    /// <param name="scheme">Of the first keys.</param>
    public SimulatedRepository(DateTimeOffset now, string scheme = "ecdsa-sha2-nistp256")
    {
        SafeExpiry = now + TimeSpan.FromDays(30);
        Content["root"] = NewSigned("root");
        Root["consistent_snapshot"] = true;
        Root["keys"] = new JsonObject();
        Root["roles"] = new JsonObject();
        Content["timestamp"] = NewSigned("timestamp");
        Timestamp["meta"] = new JsonObject();
        Content["snapshot"] = NewSigned("snapshot");
        Snapshot["meta"] = new JsonObject();
        Content["targets"] = NewTargets();
        foreach (var role in new[] { "root", "timestamp", "snapshot", "targets" })
        {
            Root["roles"]![role] = new JsonObject { ["keyids"] = new JsonArray(), ["threshold"] = 1 };
            AddKey(role, SimulatedKey.Create(scheme));
        }

        Publish("targets", "snapshot", "timestamp", "root");
    }

    public DateTimeOffset SafeExpiry { get; }

    /// <summary>What the next publication of each role will sign.</summary>
    public Dictionary<string, JsonObject> Content { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, List<SimulatedKey>> Signers { get; } = new(StringComparer.Ordinal);

    /// <summary>Served files of each role, oldest first; version n is at n - 1.</summary>
    public Dictionary<string, List<byte[]>> Published { get; } = new(StringComparer.Ordinal);

    /// <summary>Served targets by path as it stands in the address.</summary>
    public Dictionary<string, byte[]> Artifacts { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether timestamp and snapshot state lengths and hashes.</summary>
    public bool StatesHashes { get; set; }

    /// <summary>Role, as it stands in the address, and version, null without one; in order.</summary>
    public List<(string Role, int? Version)> Requests { get; } = [];

    /// <summary>Target path and hash prefix, null without one; in order.</summary>
    public List<(string Path, string? Prefix)> ArtifactRequests { get; } = [];

    public JsonObject Root => Content["root"];

    public JsonObject Timestamp => Content["timestamp"];

    public JsonObject Snapshot => Content["snapshot"];

    public JsonObject Targets => Content["targets"];

    public static byte[] Canonical(JsonNode node)
    {
        using var document = JsonDocument.Parse(node.ToJsonString());
        return CanonicalJson.Encode(document.RootElement);
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public JsonObject NewTargets() =>
        new(NewSigned("targets").Concat([new("targets", new JsonObject())])
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));

    public JsonObject RootRole(string role) => (JsonObject)Root["roles"]![role]!;

    public void Expire(string role, DateTimeOffset at) => Content[role]["expires"] = Time(at);

    public int VersionOf(string role) => (int)Content[role]["version"]!;

    /// <summary>Adds a key to a role, in root or in a delegator, and lets it sign from now on.</summary>
    public SimulatedKey AddKey(string role, SimulatedKey? key = null, string delegator = "root", bool signs = true)
    {
        key ??= SimulatedKey.Create();
        var (keys, entry) = delegator == "root"
            ? ((JsonObject)Root["keys"]!, RootRole(role)) : (DelegationKeys(delegator), DelegationOf(delegator, role));
        keys[key.Id] = key.Public.DeepClone();
        ((JsonArray)entry["keyids"]!).Add(key.Id);
        if (signs) SignersOf(role).Add(key);
        return key;
    }

    /// <summary>Takes all keys of a top-level role away and gives it as many new ones as its threshold.</summary>
    public void RotateKeys(string role)
    {
        ClearKeys(role);
        for (var i = 0; i < (int)RootRole(role)["threshold"]!; i++) AddKey(role);
    }

    public void ClearKeys(string role)
    {
        RootRole(role)["keyids"] = new JsonArray();
        SignersOf(role).Clear();
    }

    /// <summary>Adds a delegation with one new key, and the delegated role's metadata when there is none yet.</summary>
    public JsonObject Delegate(string delegator, string role, string[]? paths = null, bool terminating = false, string[]? hashPrefixes = null)
    {
        Content[delegator]["delegations"] ??= new JsonObject { ["keys"] = new JsonObject(), ["roles"] = new JsonArray() };
        var entry = new JsonObject { ["name"] = role, ["keyids"] = new JsonArray(), ["threshold"] = 1, ["terminating"] = terminating };
        if (hashPrefixes is not null) entry["path_hash_prefixes"] = new JsonArray([.. hashPrefixes.Select(prefix => (JsonNode)prefix)]);
        else entry["paths"] = new JsonArray([.. (paths ?? ["*"]).Select(path => (JsonNode)path)]);
        ((JsonArray)Content[delegator]["delegations"]!["roles"]!).Add(entry);
        if (!Content.ContainsKey(role)) Content[role] = NewTargets();
        AddKey(role, delegator: delegator);
        return entry;
    }

    /// <summary>Lists a target in a role and serves it.</summary>
    public JsonObject AddTarget(string role, string path, byte[] content, params string[] algorithms)
    {
        var hashes = new JsonObject();
        foreach (var algorithm in algorithms.DefaultIfEmpty("sha256"))
            hashes[algorithm] = Convert.ToHexStringLower(algorithm == "sha512" ? SHA512.HashData(content) : SHA256.HashData(content));
        var entry = new JsonObject { ["length"] = content.Length, ["hashes"] = hashes };
        Content[role]["targets"]![path] = entry;
        Artifacts[path] = content;
        return entry;
    }

    /// <summary>Signs and serves the next version of each role, in order; a targets role is listed in the
    /// snapshot to come, a snapshot in the timestamp to come.</summary>
    public void Publish(params string[] roles)
    {
        foreach (var role in roles)
        {
            if (Published.ContainsKey(role)) Content[role]["version"] = VersionOf(role) + 1;
            var bytes = Sign(role);
            lock (_lock)
            {
                if (!Published.TryGetValue(role, out var versions)) Published[role] = versions = [];
                versions.Add(bytes);
            }

            if (role == "snapshot") Timestamp["meta"]!["snapshot.json"] = Listed(role, bytes);
            else if (role is not ("root" or "timestamp")) Snapshot["meta"]![$"{role}.json"] = Listed(role, bytes);
        }
    }

    /// <summary>A role's metadata as it stands, signed by its signers.</summary>
    public byte[] Sign(string role)
    {
        var canonical = Canonical(Content[role]);
        var signatures = SignersOf(role).DistinctBy(key => key.Id)
            .Select(key => (JsonNode)new JsonObject { ["keyid"] = key.Id, ["sig"] = Convert.ToHexStringLower(key.Sign(canonical)) });
        return Encoding.UTF8.GetBytes(
            new JsonObject { ["signed"] = Content[role].DeepClone(), ["signatures"] = new JsonArray([.. signatures]) }.ToJsonString());
    }

    /// <summary>Changes the newest served file of a role without signing it again.</summary>
    public void Tamper(string role, Action<JsonObject> change)
    {
        var file = (JsonObject)JsonNode.Parse(Published[role][^1])!;
        change(file);
        Published[role][^1] = Encoding.UTF8.GetBytes(file.ToJsonString());
    }

    /// <summary>What is at <c>metadata/…</c> or <c>targets/…</c>; null for 404.</summary>
    public byte[]? Fetch(string path)
    {
        lock (_lock)
        {
            return path.StartsWith("metadata/", StringComparison.Ordinal) ? FetchMetadata(path["metadata/".Length..])
                : path.StartsWith("targets/", StringComparison.Ordinal) ? FetchTarget(path["targets/".Length..]) : null;
        }
    }

    private byte[]? FetchMetadata(string file)
    {
        var name = file[..^".json".Length];
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        int? version = null;
        if (dot > 0 && name != "timestamp" && (name[(dot + 1)..] == "root" || (bool)Root["consistent_snapshot"]!))
        {
            version = int.Parse(name[..dot], CultureInfo.InvariantCulture);
            name = name[(dot + 1)..];
        }

        Requests.Add((name, version));
        if (!Published.TryGetValue(Uri.UnescapeDataString(name), out var versions)) return null;
        return version is null ? versions[^1] : version <= versions.Count ? versions[version.Value - 1] : null;
    }

    private byte[]? FetchTarget(string path)
    {
        string? prefix = null;
        if ((bool)Root["consistent_snapshot"]!)
        {
            var slash = path.LastIndexOf('/') + 1;
            var dot = path.IndexOf('.', slash);
            prefix = path[slash..dot];
            path = path[..slash] + path[(dot + 1)..];
        }

        ArtifactRequests.Add((path, prefix));
        return Artifacts.GetValueOrDefault(path);
    }

    private JsonObject NewSigned(string type) =>
        new() { ["_type"] = type, ["spec_version"] = "1.0.34", ["version"] = 1, ["expires"] = Time(SafeExpiry) };

    private JsonObject Listed(string role, byte[] bytes)
    {
        var listed = new JsonObject { ["version"] = VersionOf(role) };
        if (!StatesHashes) return listed;
        listed["length"] = bytes.Length;
        listed["hashes"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
        return listed;
    }

    private List<SimulatedKey> SignersOf(string role) => Signers.TryGetValue(role, out var signers) ? signers : Signers[role] = [];

    private JsonObject DelegationKeys(string delegator) => (JsonObject)Content[delegator]["delegations"]!["keys"]!;

    private JsonObject DelegationOf(string delegator, string role) =>
        (JsonObject)((JsonArray)Content[delegator]["delegations"]!["roles"]!).Single(entry => (string?)entry!["name"] == role)!;
}
