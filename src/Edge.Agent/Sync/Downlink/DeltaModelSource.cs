using Hmas.Contracts.Deltas;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Fetches a package or an agent program as its difference from the active one where the hub offers that, and whole
/// otherwise. Whatever goes wrong with a difference costs its bytes and nothing else.</summary>
/// <param name="hub">Where differences are asked for.</param>
/// <param name="whole">Where the file comes from otherwise.</param>
internal sealed class DeltaModelSource(HttpModelSource hub, IModelSource whole, HeldArtefacts held, ILogger logger) : IModelSource
{
    public async Task<bool> FetchAsync(ModelAssignment assignment, Stream part, CancellationToken ct)
    {
        // A download that has begun goes on.
        if (part.Length > 0 || await TryAsync(assignment, ct) is not { } package) return await whole.FetchAsync(assignment, part, ct);
        HttpModelSource.ToDisk(() => part.Write(package));
        return false;
    }

    private async Task<byte[]?> TryAsync(ModelAssignment assignment, CancellationToken ct)
    {
        if (held.Find(assignment.Kind) is not var (digest, old)) return null;
        if (await hub.TryReadAsync(assignment, $"/delta?from={digest}", assignment.PackageBytes - 1, ct) is not { } delta) return null;
        try
        {
            var package = DeltaCodec.Decode(old, delta, (int)Math.Min(assignment.PackageBytes, int.MaxValue));
            if (package.Length == assignment.PackageBytes)
            {
                logger.DeltaApplied(assignment.Digest, delta.Length, package.Length);
                return package;
            }

            logger.DeltaRefused(assignment.Digest, $"it gives {package.Length} bytes, promised are {assignment.PackageBytes}");
        }
        catch (WireFormatException error)
        {
            logger.DeltaRefused(assignment.Digest, error.Message);
        }

        return null;
    }
}
