namespace Hmas.Contracts.Twins;

/// <summary>Points for people's plots: QoS 0, thinned, may be lost; never used for learning or gates.</summary>
/// <param name="RunId">Run the points belong to.</param>
/// <param name="Points">In event-time order.</param>
public sealed record TelemetryBatch(string RunId, IReadOnlyList<TelemetryPoint> Points);

/// <param name="TimestampUs">Event time.</param>
/// <param name="Values">Newest value per channel; null where there is none.</param>
/// <param name="Score">Smoothed score, null before the first answer.</param>
/// <param name="Threshold">Null before calibration.</param>
public sealed record TelemetryPoint(long TimestampUs, IReadOnlyList<float?> Values, float? Score, float? Threshold, bool Alarm);
