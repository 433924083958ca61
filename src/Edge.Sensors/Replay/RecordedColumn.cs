using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Replay;

/// <summary>Which column of a recording feeds which channel.</summary>
public sealed record RecordedColumn(string Column, SensorChannel Channel);
