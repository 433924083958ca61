using Hmas.Testing;

namespace Cloud.Hub.Tests.Communication;

/// <summary>Tests that share one broker of each kind: RabbitMQ takes long to start.</summary>
[CollectionDefinition(Collection)]
public sealed class Brokers : ICollectionFixture<BrokerFarm>
{
    public const string Collection = "brokers";
}
