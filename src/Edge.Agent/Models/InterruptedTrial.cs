namespace Edge.Agent.Models;

/// <summary>A model whose package was whole on disk at a start while no slot remembered it: the machine went down in its trial or soon after its
/// swap, before the first sync. The package is the count that costs a swap no write.</summary>
/// <param name="Times">Starts that found it so.</param>
internal sealed record InterruptedTrial(string Digest, int Times);
