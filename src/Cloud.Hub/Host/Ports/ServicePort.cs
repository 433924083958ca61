namespace Cloud.Hub.Host.Ports;

/// <summary>Endpoint metadata: answers only on this local port, whatever host name the caller writes.</summary>
internal sealed record ServicePort(int Port);
