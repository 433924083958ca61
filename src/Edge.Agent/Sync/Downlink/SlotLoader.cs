using Edge.Agent.Models;
using Edge.Agent.Perception.Inference;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;
using Hmas.Inference;
using Hmas.Trust;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Makes the model of a slot ready to answer, from its file on disk.</summary>
internal sealed class SlotLoader(ModelSlots slots, ModelVerifier verifier, long maxPackageBytes)
{
    /// <summary>The bytes of a package that a slot names, if they are there.</summary>
    /// <exception cref="ModelRefusal"><c>digest-mismatch</c>: not a digest.</exception>
    public byte[]? Read(string digest) => ArtefactDigest.IsValid(digest)
        ? slots.Read(digest, maxPackageBytes) : throw new ModelRefusal("digest-mismatch", $"'{digest}' is no digest");

    /// <exception cref="ModelRefusal">The file is gone, or not what it was.</exception>
    /// <exception cref="InferenceException">The runtime does not take it.</exception>
    /// <exception cref="ArgumentException">Manifest and graph do not fit.</exception>
    public IWindowScorer Load(SlotEntry entry) => Ready(Open(entry));

    /// <summary>The slot's package, verified anew.</summary>
    /// <exception cref="ModelRefusal">The file is gone, or not what it was.</exception>
    public VerifiedPackage Open(SlotEntry entry)
    {
        var bytes = Read(entry.Digest) ?? throw new ModelRefusal("download", $"the package file of {entry.Digest} is gone");
        var assignment = new ModelAssignment { Digest = entry.Digest, Name = entry.Name, Release = entry.Release, PackageBytes = bytes.Length,
            Url = "", Restore = true };
        return verifier.Verify(bytes, assignment, active: null);
    }

    /// <inheritdoc cref="Load"/>
    public static IWindowScorer Ready(VerifiedPackage package) => WindowScorers.Open(package.Digest, package.Manifest, package.Onnx.Span);
}
