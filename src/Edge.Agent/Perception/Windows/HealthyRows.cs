namespace Edge.Agent.Perception.Windows;

/// <summary>The first rows of a run, which a device takes as healthy.</summary>
/// <param name="EndUs">Event time of the last one.</param>
/// <param name="Rows">Shape (N, C), row-major, raw values of all device channels; NaN is missing.</param>
internal sealed record HealthyRows(string RunId, long EndUs, float[] Rows);
