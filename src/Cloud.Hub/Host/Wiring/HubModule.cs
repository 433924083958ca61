using Cloud.Hub.Host.Ports;

namespace Cloud.Hub.Host.Wiring;

/// <summary>One service as the host sees it.</summary>
/// <param name="Service">Its name in <see cref="HubServices"/>.</param>
/// <param name="Section">Its settings section, and the type that it is read into; null when it has none.</param>
/// <param name="Add">Registers it in this process.</param>
/// <param name="Map">Maps its endpoints; they will answer on its own port only.</param>
/// <param name="AddRemote">Registers clients for its doors when it runs at another address; null when it has no doors.</param>
/// <param name="Doors">The interfaces it provides to others.</param>
/// <param name="Needs">Doors of others without which it cannot run.</param>
/// <param name="Listens">It follows the bus, so events of services that run elsewhere are brought here.</param>
internal sealed record HubModule(
    string Service,
    (string Name, Type Type)? Section,
    Action<IServiceCollection, IConfiguration> Add,
    Action<IEndpointRouteBuilder, HubPorts> Map,
    Action<IServiceCollection>? AddRemote,
    IReadOnlyList<Type> Doors,
    IReadOnlyList<Type> Needs,
    bool Listens = false);
