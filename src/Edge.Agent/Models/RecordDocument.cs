using Hmas.Contracts.Twins;

namespace Edge.Agent.Models;

/// <summary>What stands in the device record (docs/formats/model-slots.md): all that a model's way through the
/// slots changes, written as one.</summary>
internal sealed record RecordDocument
{
    public int FormatVersion { get; init; } = 1;

    public SlotsDocument Slots { get; init; } = new();

    /// <summary>The highest release of each artefact that was ever active: what keeps an older one out. Never falls.</summary>
    public IReadOnlyDictionary<string, long> Releases { get; init; } = new Dictionary<string, long>();

    /// <summary>The desired state last taken.</summary>
    public DesiredState? Desired { get; init; }

    /// <summary>These releases are, or were, active.</summary>
    public RecordDocument Raised(params IEnumerable<KeyValuePair<string, long>> releases)
    {
        var raised = new Dictionary<string, long>(Releases, StringComparer.Ordinal);
        foreach (var (artefact, release) in releases) raised[artefact] = Math.Max(release, raised.GetValueOrDefault(artefact));
        return this with { Releases = raised };
    }
}
