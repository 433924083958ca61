namespace Cloud.Hub.Communication.Contract;

/// <summary>No such device is enrolled.</summary>
public sealed class UnknownDeviceException(string deviceId) : Exception($"device '{deviceId}' is not enrolled");
