namespace Hmas.Trust.Uptane;

/// <summary>Who a device is, from its own settings and never from the network.</summary>
/// <param name="DeviceId">As the hub knows it.</param>
/// <param name="HardwareClass">What kind of machine it is: artefacts are made for classes.</param>
public sealed record DeviceIdentity(string DeviceId, string HardwareClass)
{
    /// <summary>The class of a device that names none.</summary>
    public const string GenericHardware = "generic";
}
