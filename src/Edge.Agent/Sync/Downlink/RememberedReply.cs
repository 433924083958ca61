using Hmas.Contracts.Commands;

namespace Edge.Agent.Sync.Downlink;

/// <param name="ExpiresAtUs">Of the command: after it, a repeat is told from its deadline alone.</param>
internal sealed record RememberedReply(CommandReply Reply, long ExpiresAtUs);
