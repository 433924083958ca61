using Hmas.Contracts.Sensing;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Integration.Domain;

/// <summary>The last points of a device's current run.</summary>
/// <param name="RunId">Null while nothing was heard.</param>
/// <param name="Channels">Names and units, in the order of each point's values.</param>
/// <param name="Points">In event-time order, newest last.</param>
public sealed record DeviceTelemetry(string DeviceId, string? RunId, IReadOnlyList<SensorChannel> Channels, IReadOnlyList<TelemetryPoint> Points);
