using System.Security.Cryptography;
using Edge.Agent.Models;
using Hmas.Contracts.Artefacts;

namespace Edge.Agent.Sync.Downlink;

/// <summary>What the device holds of a kind, for a difference to be applied to.</summary>
/// <param name="program">File of the agent that runs; null: not known.</param>
internal sealed class HeldArtefacts(ModelSlots slots, string? program)
{
    /// <summary>Digest as the registry names it, and the file's bytes; null: nothing of this kind, or of a kind that comes whole always.</summary>
    public (string Digest, byte[] Bytes)? Find(ArtefactKind kind)
    {
        if (kind == ArtefactKind.Model)
            return slots.Current.Active is { } active && slots.Packages.Read(active.Digest, int.MaxValue) is { } package
                ? (active.Digest, package) : null;
        if (kind != ArtefactKind.Agent || program is null) return null;
        var bytes = File.ReadAllBytes(program);
        return (ArtefactDigest.Of(SHA256.HashData(bytes)), bytes);
    }
}
