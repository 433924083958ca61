using Hmas.Testing;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>The broker dies with the hub whose it is.</summary>
public sealed class EmbeddedBrokerKillTests(ITestOutputHelper output) : KillTests(output, BrokerKind.Embedded);
