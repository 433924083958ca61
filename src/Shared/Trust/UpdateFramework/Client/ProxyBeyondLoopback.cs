using System.Net;

namespace Hmas.Trust.UpdateFramework.Client;

/// <summary>The environment's proxy (<c>http_proxy</c> and the like) for every address but this machine's own, which no proxy could reach.</summary>
internal sealed class ProxyBeyondLoopback(IWebProxy proxy) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => proxy.Credentials;
        set => proxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || proxy.IsBypassed(host);
}
