using Cloud.Hub.Integration.Domain;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>The hub at a glance.</summary>
/// <param name="Models">Those that some device answers with.</param>
internal sealed record Overview(
    IReadOnlyList<SiteOverview> Sites, IReadOnlyList<ModelInUse> Models, int OpenAlarms, ArchiveTotals Archive, IReadOnlyList<LoopStage> Loop);
