namespace Cloud.Hub.Reasoning.Contract;

/// <summary>The door of the Reasoning service: what the tactical (site) and strategic (fleet) agents hold and decided.</summary>
public interface IAgents
{
    Task<IReadOnlyList<SiteSituation>> SitesAsync(CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<AgentDecision>> DecisionsAsync(int limit, CancellationToken cancellation);
}

/// <param name="Incident">What simultaneous anomalies have in common; null while calm.</param>
[GenerateSerializer, Alias("hmas.site-situation")]
public sealed record SiteSituation(string SiteId, int Devices, int Anomalous, double SamplingBoost, string? Incident);

public sealed record AgentDecision(DateTimeOffset At, string Agent, string Decision, string Reason);
