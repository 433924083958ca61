using System.Security.Cryptography;
using System.Text.Json;
using Edge.Agent.Models;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;
using Hmas.Trust.Uptane;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Fetches an artefact that is no model, or all parts of a bundle, and verifies every byte before anything is staged.</summary>
/// <param name="orders">Null: the hub's word is enough.</param>
/// <param name="hardware">This device's class.</param>
internal sealed class InstallFetch(ModelSlots slots, ModelVerifier verifier, CheckedFetch source, ModelOrders? orders, string hardware)
{
    /// <summary>The install's files by name.</summary>
    /// <exception cref="ModelRefusal">One of them is not to be had, or not acceptable: then none is taken.</exception>
    public async Task<IReadOnlyDictionary<string, byte[]>> FetchAsync(ModelAssignment assignment, CancellationToken ct)
    {
        RequireNotOlder(assignment);
        var order = orders is null ? null : await orders.OrderAsync(assignment, slots.Releases, ct);
        var file = await ReadAsync(assignment, order, ct);
        if (assignment.Kind != ArtefactKind.Bundle) return new Dictionary<string, byte[]> { [NameOf(assignment.Kind)] = file };

        var files = new Dictionary<string, byte[]>();
        foreach (var part in BundleOf(file, assignment).Parts) files[NameOf(part.Kind)] = await PartAsync(part, ct);
        return files;
    }

    private void RequireNotOlder(ModelAssignment assignment)
    {
        var known = slots.Releases.GetValueOrDefault(ArtefactKinds.Counter(assignment.Kind, assignment.Name));
        if (assignment.Release < known)
            throw new ModelRefusal("older-release", $"release {assignment.Release} of {assignment.Name} is older than {known}, which was active");
    }

    private async Task<byte[]> PartAsync(BundlePart part, CancellationToken ct)
    {
        RequireHardware(part.HardwareClasses, $"{ArtefactKinds.Word(part.Kind)} {part.Name}");
        var assignment = new ModelAssignment { Kind = part.Kind, Digest = part.Digest, Name = part.Name, Release = part.Release,
            PackageBytes = part.Bytes, Url = $"/artefacts/{part.Digest}" };
        return await ReadAsync(assignment, null, ct);
    }

    private async Task<byte[]> ReadAsync(ModelAssignment assignment, InstallOrder? order, CancellationToken ct)
    {
        if (!ArtefactDigest.IsValid(assignment.Digest)) throw new ModelRefusal("digest-mismatch", $"'{assignment.Digest}' is no digest");
        var bytes = await source.FetchAsync(assignment, fetched => Require(assignment, order, fetched), ct);
        slots.Packages.DeletePart(assignment.Digest);
        return bytes;
    }

    private void Require(ModelAssignment assignment, InstallOrder? order, byte[] bytes)
    {
        if (order is not null) ModelOrders.Require(order, bytes);
        if (assignment.Kind == ArtefactKind.Model)
        {
            verifier.Verify(bytes, assignment, slots.Current.Active);
            return;
        }

        var digest = ArtefactDigest.Of(SHA256.HashData(bytes));
        if (digest != assignment.Digest)
            throw new ModelRefusal(
                "digest-mismatch", $"{ArtefactKinds.Word(assignment.Kind)} {assignment.Name} is {digest}, expected {assignment.Digest}");
    }

    private BundleManifest BundleOf(byte[] file, ModelAssignment assignment)
    {
        BundleManifest? bundle;
        try
        {
            bundle = file.Length <= BundleManifest.MaxBytes ? JsonSerializer.Deserialize(file, ContractsJson.Default.BundleManifest) : null;
        }
        catch (JsonException error)
        {
            throw new ModelRefusal("shape", $"bundle {assignment.Name}: {error.Message}", error);
        }

        if (bundle is null)
            throw new ModelRefusal("shape", $"bundle {assignment.Name}: {file.Length} bytes are none of at most {BundleManifest.MaxBytes}");
        if (bundle.Fault() is { } fault) throw new ModelRefusal("shape", $"bundle {assignment.Name}: {fault}");
        if (bundle.Name != assignment.Name || bundle.Release != assignment.Release)
            throw new ModelRefusal(
                "digest-mismatch",
                $"the bundle is {bundle.Name} release {bundle.Release}, assigned is {assignment.Name} release {assignment.Release}");
        RequireHardware(bundle.HardwareClasses, $"bundle {bundle.Name}");
        return bundle;
    }

    private void RequireHardware(IReadOnlyList<string> classes, string what)
    {
        if (!HardwareClass.Covers(classes, hardware))
            throw new ModelRefusal("hardware", $"{what} is made for {string.Join(", ", classes)}, this is a {hardware}");
    }

    private static string NameOf(ArtefactKind kind) => kind switch
    {
        ArtefactKind.Model => InstallFolder.Model,
        ArtefactKind.Agent => InstallFolder.Program,
        ArtefactKind.Rules => InstallFolder.Rules,
        ArtefactKind.Configuration => InstallFolder.Settings,
        _ => throw new ModelRefusal("hardware", $"this agent cannot take a {kind}"),
    };
}
