namespace Hmas.Contracts.Sensing;

/// <summary>A named stream of samples with its unit.</summary>
/// <param name="Name">Unique on the device; what rules and manifests refer to.</param>
/// <param name="Unit">SenML unit (RFC 8428 section 12.1) or its secondary registry, for example <c>Cel</c>,
/// <c>A</c>, <c>V</c>, <c>bar</c>, <c>l/min</c>; empty if none.</param>
public sealed record SensorChannel(string Name, string Unit = "");
