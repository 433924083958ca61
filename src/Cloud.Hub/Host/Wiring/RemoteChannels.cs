using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Cloud.Hub.Host.Security;
using Grpc.Net.Client;

namespace Cloud.Hub.Host.Wiring;

/// <summary>One gRPC channel to each service that runs elsewhere, with the operator token of over there.</summary>
internal sealed class RemoteChannels(HubOptions options, HubPaths paths) : IDisposable
{
    private readonly ConcurrentDictionary<string, GrpcChannel> _channels = new();

    /// <exception cref="HubStartException">The service has no address, or the token file cannot be read.</exception>
    public GrpcChannel To(string service) => _channels.GetOrAdd(service, Open);

    public void Dispose()
    {
        foreach (var channel in _channels.Values) channel.Dispose();
    }

    private GrpcChannel Open(string service)
    {
        var address = options.Remotes.GetValueOrDefault(service) ?? throw new HubStartException($"remotes.{service} is not set");
        var file = options.RemoteTokenFile.Length > 0 ? options.RemoteTokenFile : HubTokens.OperatorFile(paths);
        string token;
        try
        {
            token = File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubStartException($"remoteTokenFile: {e.Message}", e);
        }

        var client = new HttpClient { DefaultRequestVersion = System.Net.HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpClient = client,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = checked((int)Math.Min(options.Limits.MaxRequestBytes, int.MaxValue)),
        });
    }
}
