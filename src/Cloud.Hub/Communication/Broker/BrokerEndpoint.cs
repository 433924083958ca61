using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Cloud.Hub.Communication.Broker;

/// <summary>Where the embedded broker listens: in the clear on loopback, with TLS on the hub's address when there is a certificate.</summary>
internal sealed record BrokerEndpoint(int Port, IPAddress TlsAddress, int TlsPort, X509Certificate2? Certificate);
