namespace Cloud.Hub.Reasoning.Sites;

/// <summary>What a site's agent remembers; durable.</summary>
[GenerateSerializer, Alias("hmas.site-state")]
internal sealed class SiteState
{
    /// <summary>Open alarms per device: alarm id to the rule that raised it.</summary>
    [Id(0)]
    public Dictionary<string, Dictionary<string, string>> OpenAlarms { get; set; } = [];

    /// <summary>Every device of the site that was heard of.</summary>
    [Id(1)]
    public HashSet<string> Devices { get; set; } = [];

    [Id(2)]
    public double SamplingBoost { get; set; } = 1;

    [Id(3)]
    public string? Incident { get; set; }

    /// <summary>When the number of anomalous devices last fell below an incident's.</summary>
    [Id(4)]
    public DateTimeOffset? CalmSince { get; set; }

    /// <summary>The newest fact of each device that was taken in.</summary>
    [Id(5)]
    public Dictionary<string, HeardPlace> Heard { get; set; } = [];

    /// <summary>Decided, and not yet known to be carried out.</summary>
    [Id(6)]
    public SiteDecision? Pending { get; set; }
}

/// <summary>A device's own number of a fact.</summary>
[GenerateSerializer, Alias("hmas.site-heard")]
internal sealed record HeardPlace([property: Id(0)] long Epoch, [property: Id(1)] long Sequence);
