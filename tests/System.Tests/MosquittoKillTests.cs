using Hmas.Testing;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>The broker is a program of its own and dies alone.</summary>
public sealed class MosquittoKillTests(ITestOutputHelper output) : KillTests(output, BrokerKind.Mosquitto);
