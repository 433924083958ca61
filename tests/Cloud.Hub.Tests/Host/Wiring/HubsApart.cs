using Cloud.Hub.Bus;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Security;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Reasoning.Contract;
using Hmas.Testing;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace Cloud.Hub.Tests.Host.Wiring;

/// <summary>Two hubs with disjoint services: one runs everything but Integration, the other Integration alone with
/// the rest as remotes. What the second's doors answer came over gRPC.</summary>
public sealed class HubsApart : IAsyncLifetime
{
    internal string[] Provided { get; } = [.. HubServices.All.Where(static service => service != HubServices.Integration)];

    internal HubFixture Providers { get; private set; } = null!;

    internal HubFixture Front { get; private set; } = null!;

    /// <summary>Stand in for agents and a teacher that would first have to see a fleet.</summary>
    internal IAgents Agents { get; } = Substitute.For<IAgents>();

    internal ISecondOpinions Opinions { get; } = Substitute.For<ISecondOpinions>();

    public async Task InitializeAsync()
    {
        Providers = await HubFixture.StartAsync(string.Join(',', Provided), adjust: services => services.AddSingleton(Agents).AddSingleton(Opinions));
        Front = await HubFixture.StartAsync(HubServices.Integration, Remotes(Providers, Provided));
    }

    public async Task DisposeAsync()
    {
        await Front.DisposeAsync();
        await Providers.DisposeAsync();
    }

    /// <summary>Returns when the front hears the last of the other's services to be followed.</summary>
    internal async Task FollowedAsync()
    {
        foreach (var probe in (HubEvent[])[
            new PresenceChanged("site", "probe", new Hmas.Contracts.Twins.Presence(true, 1, "boot", 1)), new LabelsAdded([]),
            new TrainingProgressed("probe", "", 0, ""),
            new RolloutTransitioned("probe", "", "", "", ""), new AgentDecided("probe", "are you there", "")])
        {
            using var heard = Front.Get<EventBus>().Subscribe("test", happened => happened.GetType() == probe.GetType());
            using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
            using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            // Nothing said before a line is up is told later, so it is said until it is heard.
            do Providers.Get<EventBus>().Publish(probe);
            while (!heard.Events.TryRead(out _) && await again.WaitForNextTickAsync(patience.Token));
        }
    }

    /// <summary>Settings of a hub that finds these services in another.</summary>
    internal static Dictionary<string, string?> Remotes(HubFixture hub, params string[] services)
    {
        var settings = services.ToDictionary(static service => $"Remotes:{service}", service => (string?)hub.Address(service).ToString());
        settings["RemoteTokenFile"] = HubTokens.OperatorFile(hub.Get<HubPaths>());
        return settings;
    }
}
