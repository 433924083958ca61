using System.Net;

namespace Cloud.Hub.Host.Ports;

/// <summary>Every port of this process, offset included.</summary>
public sealed class HubPorts
{
    private readonly Dictionary<string, int> _listeners = [];

    /// <exception cref="HubStartException">A port out of range, or two services on the same one.</exception>
    public HubPorts(HubOptions options)
    {
        List<string> known = [.. HubServices.All, HubServices.Front, "mqtt", "mqtts", "silo"];
        foreach (var named in options.Ports.Keys)
        {
            if (!known.Contains(named)) throw new HubStartException($"ports: there is no port '{named}'; known are {string.Join(", ", known)}");
        }

        Address = options.BindAddress();
        var services = options.SelectedServices();
        foreach (var service in services) _listeners[service] = Port(options, service, HubServices.DefaultPort(service));
        if (services.Contains(HubServices.Integration))
        {
            _listeners[HubServices.Front] = Port(options, HubServices.Front, HubServices.DefaultPort(HubServices.Front));
        }

        Mqtt = Port(options, "mqtt", 1883);
        MqttTls = Port(options, "mqtts", 8883);
        Silo = Port(options, "silo", 11111);

        var twice = _listeners.Append(new("mqtt", Mqtt)).Append(new("mqtts", MqttTls)).Append(new("silo", Silo))
            .GroupBy(static pair => pair.Value).FirstOrDefault(static group => group.Count() > 1);
        if (twice is not null)
        {
            throw new HubStartException($"ports: {string.Join(" and ", twice.Select(static pair => pair.Key))} are both on {twice.Key}");
        }
    }

    public IPAddress Address { get; }

    /// <summary>HTTP listeners of the services that run here, by name; with <c>front</c> when Integration does.</summary>
    public IReadOnlyDictionary<string, int> Listeners => _listeners;

    public int Mqtt { get; }

    public int MqttTls { get; }

    /// <summary>Orleans, between silos.</summary>
    public int Silo { get; }

    /// <exception cref="KeyNotFoundException">The service does not run in this process.</exception>
    public int this[string service] => _listeners[service];

    private static int Port(HubOptions options, string name, int standard)
    {
        var port = options.Ports.GetValueOrDefault(name, standard) + options.PortOffset;
        return port is > 0 and <= IPEndPoint.MaxPort ? port : throw new HubStartException($"ports: {name} would be on {port}, which is no port");
    }
}
