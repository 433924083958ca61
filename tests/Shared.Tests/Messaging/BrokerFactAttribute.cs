using Hmas.Testing;

namespace Shared.Tests.Messaging;

/// <summary>Says so, and skips outside CI, when a broker is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrokerFactAttribute : FactAttribute
{
    public BrokerFactAttribute(BrokerKind kind)
    {
        if (!IsWanted(kind)) Skip = BrokerFixture.WhyMissing(kind);
    }

    public static bool IsWanted(BrokerKind kind) =>
        BrokerFixture.WhyMissing(kind) is null || Environment.GetEnvironmentVariable("CI") is { Length: > 0 };
}
