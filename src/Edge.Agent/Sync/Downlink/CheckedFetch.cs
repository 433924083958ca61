using Edge.Agent.Models;
using Hmas.Contracts.Twins;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>A file that was fetched and judged. One that came by parts and is refused is fetched once more, whole: nobody whom the device asks
/// for parts, and no list of them, can keep an update from it.</summary>
/// <remarks>Bound: what is fetched in vain is a file of the assigned length at most, beside what a delta, a chunk list and chunks that
/// were refused by themselves cost.</remarks>
/// <param name="parts">The cheapest way there is.</param>
/// <param name="whole">The hub's file.</param>
/// <param name="packages">Where large files grow.</param>
internal sealed class CheckedFetch(IModelSource parts, IModelSource whole, PackageFolder packages, ILogger logger)
{
    /// <param name="judge">Throws <see cref="ModelRefusal"/> for what may not be used.</param>
    /// <returns>What the judge took; of a large one the part file stays.</returns>
    /// <exception cref="ModelRefusal">Not to be had, or also the hub's file is refused; then nothing is left of it.</exception>
    public async Task<byte[]> FetchAsync(ModelAssignment assignment, Action<byte[]> judge, CancellationToken ct)
    {
        await using var part = packages.OpenPart(assignment.Digest, assignment.PackageBytes);
        var isWhole = await parts.FetchAsync(assignment, part, ct);
        while (true)
        {
            var bytes = new byte[part.Length];
            part.Position = 0;
            await part.ReadExactlyAsync(bytes, ct);
            try
            {
                judge(bytes);
                return bytes;
            }
            catch (ModelRefusal refusal) when (!isWhole && IsOfBytes(refusal))
            {
                logger.PartsRefused(assignment.Digest, refusal.Message);
            }
            catch (ModelRefusal)
            {
                packages.DeletePart(assignment.Digest);
                throw;
            }

            // Fetching the rest of these bytes again would not help.
            part.SetLength(0);
            await whole.FetchAsync(assignment, part, ct);
            isWhole = true;
        }
    }

    /// <summary>The right bytes may be refused too, for what they are made for.</summary>
    private static bool IsOfBytes(ModelRefusal refusal) => refusal.Reason is not ("hardware" or "channels" or "older-release");
}
