namespace Hmas.Contracts.Twins;

/// <summary>How the machine itself fares, where it can tell; null where it cannot.</summary>
/// <param name="BatteryShare">Charge of the battery, 0 to 1.</param>
/// <param name="TemperatureC">Of its hottest part that has a sensor, °C.</param>
public sealed record DeviceVitals(double? BatteryShare, double? TemperatureC);
