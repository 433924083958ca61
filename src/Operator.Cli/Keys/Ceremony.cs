using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;

namespace Operator.Cli.Keys;

/// <summary>What keepers of offline keys do: make them, sign releases one after the other, change
/// them before they expire or when one is lost.</summary>
internal sealed class Ceremony(string keys, string repository, Func<string, string> passphraseFor, TimeProvider time)
{
    private const int RootDays = 365;
    private const int TargetsDays = 180;

    /// <summary>Makes all keys and the first root, signed by each root key.</summary>
    /// <param name="passphrase">Seals the offline keys; null: in the clear. The online key never is: the hub must start alone.</param>
    public OfflineRepository Begin(Quorum rootQuorum, Quorum targetsQuorum, string? passphrase)
    {
        if (Directory.Exists(keys) && Directory.EnumerateFiles(keys, "*.key").Any()) throw new IOException($"{keys} holds keys already");
        Directory.CreateDirectory(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var rootKeys = Make(keys, RootMetadata.Type, rootQuorum.Keys, passphrase);
        var targetsKeys = Make(keys, TargetsMetadata.Type, targetsQuorum.Keys, passphrase);
        using var online = SigningKey.Create();
        try
        {
            var onlineRole = new RoleSigners([online.PublicKey], 1);
            var roles = new TopLevelRoles(Of(rootKeys, rootQuorum.Threshold), Of(targetsKeys, targetsQuorum.Threshold), onlineRole, onlineRole);
            var root = MetadataWriter.Sign(MetadataWriter.Root(1, In(RootDays), roles), rootKeys);
            var targets = MetadataWriter.Sign(MetadataWriter.Targets(1, In(TargetsDays), []), targetsKeys);
            var made = OfflineRepository.Create(repository, root, targets);
            online.Save(OfflineRepository.OnlineKey(repository));
            return made;
        }
        finally
        {
            foreach (var key in rootKeys.Concat(targetsKeys)) key.Dispose();
        }
    }

    /// <summary>Makes the root keys of a director, and the key with which the hub signs for devices under them.</summary>
    /// <param name="passphrase">As in <see cref="Begin"/>.</param>
    public OfflineRepository BeginDirector(Quorum quorum, string? passphrase)
    {
        if (Directory.Exists(keys) && Directory.EnumerateFiles(keys, "*.key").Any()) throw new IOException($"{keys} holds keys already");
        Directory.CreateDirectory(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var rootKeys = Make(keys, RootMetadata.Type, quorum.Keys, passphrase);
        using var online = SigningKey.Create();
        try
        {
            var hub = new RoleSigners([online.PublicKey], 1);
            var made = OfflineRepository.Create(
                repository,
                MetadataWriter.Sign(MetadataWriter.Root(1, In(RootDays), new TopLevelRoles(Of(rootKeys, quorum.Threshold), hub, hub, hub)), rootKeys),
                null);
            online.Save(OfflineRepository.OnlineKey(repository));
            return made;
        }
        finally
        {
            foreach (var key in rootKeys) key.Dispose();
        }
    }

    /// <summary>Adds packages to the targets of a role, or, without any, prolongs them or signs what another
    /// keeper began; then signs with the keys at hand.</summary>
    /// <param name="terms">What is said of each of them.</param>
    /// <param name="role">targets, or a role that they delegate to.</param>
    /// <returns>Signatures there are, signatures needed.</returns>
    /// <exception cref="UpdateException">A package is none, its release is not above the last of its name, or the role is not
    /// trusted for it.</exception>
    public (int Have, long Need) Sign(IReadOnlyList<string> packages, ReleaseTerms terms, string role = TargetsMetadata.Type)
    {
        var offline = OfflineRepository.Open(repository);
        var staged = offline.Staged(role);
        if (staged is not null && packages.Count > 0)
            throw new UpdateException(
                UpdateReason.Mismatch, $"{role} wait for signatures already: complete them first (hmas keys sign without a package)");
        return SignNext(offline, role, staged ?? MetadataWriter.Sign(Next(offline, role, packages, terms)));
    }

    /// <summary>Trusts a role for some paths, in place of what was said of it before; null: no longer.</summary>
    /// <returns>Signatures there are of the new targets, signatures needed.</returns>
    /// <exception cref="UpdateException">Targets wait for signatures already, or there is no such role.</exception>
    public (int Have, long Need) Delegate(string role, DelegationTerms? terms)
    {
        var offline = OfflineRepository.Open(repository);
        if (offline.StagedTargets is not null)
            throw new UpdateException(UpdateReason.Mismatch, "targets wait for signatures already: complete them first (hmas keys sign)");
        var present = offline.Delegations;
        if (terms is null) _ = offline.Delegated(role);
        var kept = present.Any(known => known.Name == role)
            ? present.Select(known => known.Name == role ? terms : known).OfType<DelegationTerms>() : [.. present, terms!];
        return SignNext(
            offline, TargetsMetadata.Type,
            MetadataWriter.Sign(MetadataWriter.Targets(
                offline.NextVersion(TargetsMetadata.Type), In(TargetsDays), offline.Targets.Targets.Values, [.. kept])));
    }

    /// <summary>Makes keys for a team; their public halves lie beside them, in PEM.</summary>
    public static void MakeKeys(string keys, string role, int count, string? passphrase)
    {
        Directory.CreateDirectory(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var made = Make(keys, role, count, passphrase);
        PublicKeyFile.Write(Path.Combine(keys, $"{role}.pub"), [.. made.Select(static key => key.PublicKey)]);
        foreach (var key in made) key.Dispose();
    }

    /// <summary>Replaces keys of a role, or, without a role, goes on with a root that waits for signatures.</summary>
    /// <param name="role">root, targets or online; null: sign only.</param>
    /// <param name="lost">First letters of the id of the one key to replace; null: all keys of the role.</param>
    /// <returns>Whether the new root is the present one now.</returns>
    public bool Rotate(string? role, string? lost, string? passphrase)
    {
        var offline = OfflineRepository.Open(repository);
        var next = offline.StagedRoot;
        if (next is null)
        {
            var roles = Replace(
                offline, role
                    ?? throw new UpdateException(
                        UpdateReason.NotFound, "no root waits for signatures: name the role to rotate (root, targets, online)"), lost, passphrase);
            next = MetadataWriter.Sign(MetadataWriter.Root(offline.Root.Header.Version + 1, In(RootDays), roles));
        }
        else if (role is not null)
        {
            throw new UpdateException(
                UpdateReason.Mismatch, "a root waits for signatures already: complete it first (hmas keys rotate without a role)");
        }

        using var ring = KeyRing.Open(keys, passphraseFor);
        var signers = offline.Root.Root.KeyIds.Union(RootMetadata.Read(next).Body.Root.KeyIds, StringComparer.Ordinal);
        foreach (var key in ring.Of(signers)) next = MetadataWriter.AddSignature(next, key);
        return offline.Take(next);
    }

    private JsonObject Next(OfflineRepository offline, string role, IReadOnlyList<string> packages, ReleaseTerms terms)
    {
        var files = packages.Aggregate(
            offline.TargetsOf(role)?.Targets.Values.ToList() ?? [], (files, package) => With(files, package, terms));
        if (role == TargetsMetadata.Type)
            return MetadataWriter.Targets(offline.NextVersion(role), In(TargetsDays), files, [.. offline.Delegations]);
        var covered = offline.Delegated(role).Delegation;
        return files.FirstOrDefault(file => !covered.Covers(file.Path)) is { } outside
            ? throw new UpdateException(
                UpdateReason.Mismatch, $"{outside.Path} is not for {role} to sign, which is trusted for {string.Join(", ", covered.Paths.Patterns)}")
            : MetadataWriter.Targets(offline.NextVersion(role), In(TargetsDays), files);
    }

    private (int Have, long Need) SignNext(OfflineRepository offline, string role, byte[] next)
    {
        var need = offline.KeysOf(role).Threshold;
        using var ring = KeyRing.Open(keys, passphraseFor);
        foreach (var key in ring.Of(offline.KeysOf(role).KeyIds)) next = MetadataWriter.AddSignature(next, key);
        var have = offline.SignersOf(role, next).Count;
        offline.TakeTargets(role, next);
        return (have, need);
    }

    private TopLevelRoles Replace(OfflineRepository offline, string role, string? lost, string? passphrase)
    {
        var roles = offline.Roles;
        switch (role)
        {
            case "root": return roles with { Root = Replace(roles.Root, role, lost, passphrase) };
            case "targets" when !offline.IsDirector: return roles with { Targets = Replace(roles.Targets, role, lost, passphrase) };
            case "online":
                using (var online = SigningKey.Create())
                {
                    online.Save(OfflineRepository.NextOnlineKey(repository));
                    var signers = new RoleSigners([online.PublicKey], 1);
                    return roles with { Targets = offline.IsDirector ? signers : roles.Targets, Snapshot = signers, Timestamp = signers };
                }

            default: throw new UpdateException(
                UpdateReason.NotFound, $"there is no role '{role}': {(offline.IsDirector ? "root or online" : "root, targets or online")}");
        }
    }

    private RoleSigners Replace(RoleSigners signers, string role, string? lost, string? passphrase)
    {
        var going = signers.PublicKeys.Where(key => lost is null || MetadataWriter.KeyId(key).StartsWith(lost, StringComparison.Ordinal)).ToList();
        if (going.Count == 0 || (lost is not null && going.Count > 1))
            throw new UpdateException(UpdateReason.NotFound, $"{role} has {going.Count} keys whose id begins with '{lost}'");
        var made = Make(keys, role, going.Count, passphrase);
        var coming = new Queue<byte[]>(made.Select(static key => key.PublicKey));
        foreach (var key in made) key.Dispose();
        return signers with { PublicKeys = [.. signers.PublicKeys.Select(key => going.Contains(key) ? coming.Dequeue() : key)] };
    }

    private static List<SigningKey> Make(string keys, string role, int count, string? passphrase)
    {
        var made = new List<SigningKey>();
        for (var number = 1; made.Count < count; number++)
        {
            var path = Path.Combine(keys, string.Create(CultureInfo.InvariantCulture, $"{role}-{number}.key"));
            if (File.Exists(path)) continue;
            var key = SigningKey.Create();
            KeyFile.Write(path, key, passphrase);
            made.Add(key);
        }

        return made;
    }

    private static List<TargetFile> With(List<TargetFile> files, string package, ReleaseTerms terms)
    {
        var bytes = File.ReadAllBytes(package);
        var (image, name, release) = Image(bytes, package, terms);
        if (files.FirstOrDefault(file => file.Path.StartsWith($"{ArtefactTarget.FolderOf(terms.Kind, name)}{release}-", StringComparison.Ordinal)
            && file.Path != image.Path) is { } other)
            throw new UpdateException(UpdateReason.Mismatch, $"{package}: release {release} of {name} is {other.Path} already");
        return [.. files.Where(file => file.Path != image.Path), image];
    }

    /// <summary>A model says its name and release itself, and so does a bundle, with its hardware; of any other file they are given.</summary>
    private static (TargetFile Image, string Name, long Release) Image(byte[] bytes, string package, ReleaseTerms terms)
    {
        if (terms.Kind == ArtefactKind.Model)
        {
            var (digest, manifest) = Peek(bytes, package);
            var classes = terms.HardwareClasses ?? manifest.HardwareClasses;
            if (classes.FirstOrDefault(wanted => !HardwareClass.Covers(manifest.HardwareClasses, wanted)) is { } unmeasured)
                throw new UpdateException(
                    UpdateReason.Mismatch,
                    $"{package}: is made for {string.Join(", ", manifest.HardwareClasses)}, not for {unmeasured}; devices would refuse it");
            return (ArtefactTarget.Model(manifest.Name, manifest.Release, digest, bytes, classes), manifest.Name, manifest.Release);
        }

        var hash = SHA256.HashData(bytes);
        var (name, release, hardware) = terms.Kind == ArtefactKind.Bundle
            ? OfBundle(bytes, package) : (terms.Name, terms.Release, terms.HardwareClasses ?? HardwareClass.AnyOnly);
        if (!Ids.IsValid(name) || release is not >= 1)
            throw new UpdateException(UpdateReason.Format, $"{package}: --name and --release are needed for {ArtefactKinds.Word(terms.Kind)}");
        return (ArtefactTarget.Image(terms.Kind, name!, release.Value, ArtefactDigest.Of(hash), bytes.Length, hash, hardware), name!, release.Value);
    }

    private static (string? Name, long? Release, IReadOnlyList<string> Hardware) OfBundle(byte[] bytes, string package)
    {
        try
        {
            var bundle = JsonSerializer.Deserialize(bytes, ContractsJson.Default.BundleManifest) ?? throw new JsonException("is null");
            return bundle.Fault() is { } fault ? throw new JsonException(fault) : (bundle.Name, bundle.Release, bundle.HardwareClasses);
        }
        catch (JsonException e)
        {
            throw new UpdateException(UpdateReason.Format, $"{package}: {e.Message}", e);
        }
    }

    private static (string Digest, Hmas.Contracts.Models.ModelManifest Manifest) Peek(byte[] bytes, string package)
    {
        try
        {
            var (digest, manifest) = ModelPackage.Peek(bytes, new PackageLimits());
            Ids.Require(manifest.Name, "model name");
            return (digest, manifest);
        }
        catch (Exception e) when (e is PackageException or FormatException)
        {
            throw new UpdateException(UpdateReason.Format, $"{package}: {e.Message}", e);
        }
    }

    private DateTimeOffset In(int days) => time.GetUtcNow().AddDays(days);

    private static RoleSigners Of(IEnumerable<SigningKey> signers, int threshold) => new([.. signers.Select(static key => key.PublicKey)], threshold);
}
