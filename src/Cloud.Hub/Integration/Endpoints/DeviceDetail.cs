using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Specialized.Contract;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>A device with what other services say of it.</summary>
/// <param name="Advice">On the newest alarmed window that the hub stored since its start; null when there is none.</param>
/// <param name="Opinions">The newest, at most 20.</param>
internal sealed record DeviceDetail(
    string SiteId, string DeviceId, bool Online, DateTimeOffset? LastSeen, DesiredState? Desired, ReportedState? Reported,
    PumpAdvice? Advice, IReadOnlyList<WindowOpinion> Opinions, DataQuality? Quality);
