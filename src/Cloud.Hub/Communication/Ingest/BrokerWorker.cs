using Cloud.Hub.Communication.Broker;

namespace Cloud.Hub.Communication.Ingest;

/// <summary>Opens the line to the devices when everything behind it runs, and closes it first.</summary>
internal sealed class BrokerWorker(IFleetTransport transport, IFleetInbox inbox) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => transport.StartAsync(inbox, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => transport.StopAsync();
}
