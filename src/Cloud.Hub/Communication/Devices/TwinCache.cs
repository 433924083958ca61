using System.Collections.Concurrent;

namespace Cloud.Hub.Communication.Devices;

/// <summary>The twins whose grains live in this process, each as it is now: a look at the whole fleet
/// asks only for those that it does not find here.</summary>
internal sealed class TwinCache
{
    private readonly ConcurrentDictionary<string, DeviceTwin> _twins = new(StringComparer.Ordinal);

    public DeviceTwin? Find(string deviceId) => _twins.GetValueOrDefault(deviceId);

    /// <summary>By the grain, once what it shows is on disk.</summary>
    public void Show(string deviceId, DeviceTwin twin) => _twins[deviceId] = twin;

    /// <summary>By the grain that leaves this process.</summary>
    public void Forget(string deviceId) => _twins.TryRemove(deviceId, out _);
}
