using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;
using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Redistribution;

/// <summary>Counters of registry and rollouts since start.</summary>
internal sealed class RedistributionMetrics
{
    private readonly Counter<long> _artefacts;
    private readonly Counter<long> _quarantined;
    private readonly Counter<long> _fetches;
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _assignments;
    private readonly Meter _meter;

    public RedistributionMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Hub();
        _artefacts = meter.CreateCounter<long>("hmas.redistribution.artefacts", "{artefact}", "Artefacts added to the registry, by kind");
        _quarantined = meter.CreateCounter<long>("hmas.redistribution.quarantined", "{artefact}", "Artefacts put in quarantine");
        _fetches = meter.CreateCounter<long>("hmas.redistribution.fetches", "{request}", "Requests for artefacts that were answered with bytes");
        _transitions = meter.CreateCounter<long>("hmas.redistribution.transitions", "{transition}", "Steps of rollouts, by the state gone to");
        _assignments = meter.CreateCounter<long>("hmas.redistribution.assignments", "{assignment}", "Desired models set on devices, by direction");
    }

    /// <summary>How long signed metadata still holds, asked whenever metrics are.</summary>
    /// <param name="roles">Repository, role, seconds until it expires (negative: it has), and whether somebody should act.</param>
    public void Expires(Func<IEnumerable<(string Repository, string Role, double Seconds, bool IsDue)>> roles)
    {
        _meter.CreateObservableGauge(
            "hmas.trust.expires", () => roles().Select(static role => new Measurement<double>(role.Seconds, Tags(role.Repository, role.Role))), "s",
            "Time until a role's metadata expires; negative when it has");
        _meter.CreateObservableGauge(
            "hmas.trust.due", () => roles().Select(static role => new Measurement<int>(role.IsDue ? 1 : 0, Tags(role.Repository, role.Role))), null,
            "1 when a role's metadata expires soon and somebody should act: what to do is on the dashboard");
    }

    public void Added(ArtefactKind kind) => _artefacts.Add(1, new KeyValuePair<string, object?>("kind", ArtefactKinds.Word(kind)));

    public void Quarantined() => _quarantined.Add(1);

    public void Fetched() => _fetches.Add(1);

    /// <param name="rollouts">How many there are, asked whenever metrics are.</param>
    public void Unreadable(Func<int> rollouts) => _meter.CreateObservableGauge(
        "hmas.redistribution.unreadable", rollouts, "{rollout}", "Rollouts met since the start that this hub cannot read, as a newer one wrote them");

    public void Moved(string to) => _transitions.Add(1, new KeyValuePair<string, object?>("to", to));

    public void Assigned(int devices, bool restore) =>
        _assignments.Add(devices, new KeyValuePair<string, object?>("direction", restore ? "back" : "forward"));

    private static KeyValuePair<string, object?>[] Tags(string repository, string role) => [new("repository", repository), new("role", role)];
}
