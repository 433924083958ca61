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
internal sealed class CheckedFetch(IModelSource parts, IModelSource whole, ILogger logger)
{
    /// <param name="judge">Throws <see cref="ModelRefusal"/> for what may not be used.</param>
    /// <returns>What the judge took; its file stays at <paramref name="partPath"/>.</returns>
    /// <exception cref="ModelRefusal">Not to be had, or also the hub's file is refused; then nothing is left of it.</exception>
    public async Task<byte[]> FetchAsync(ModelAssignment assignment, string partPath, Action<byte[]> judge, CancellationToken ct)
    {
        var isWhole = await parts.FetchAsync(assignment, partPath, ct);
        while (true)
        {
            var bytes = await File.ReadAllBytesAsync(partPath, ct);
            try
            {
                judge(bytes);
                return bytes;
            }
            catch (ModelRefusal refusal)
            {
                // Fetching the rest of these bytes again would not help.
                File.Delete(partPath);
                if (isWhole || !IsOfBytes(refusal)) throw;
                logger.PartsRefused(assignment.Digest, refusal.Message);
            }

            await whole.FetchAsync(assignment, partPath, ct);
            isWhole = true;
        }
    }

    /// <summary>The right bytes may be refused too, for what they are made for.</summary>
    private static bool IsOfBytes(ModelRefusal refusal) => refusal.Reason is not ("hardware" or "channels" or "older-release");
}
