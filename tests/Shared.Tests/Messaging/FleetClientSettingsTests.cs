using System.ComponentModel.DataAnnotations;
using Hmas.Messaging;

namespace Shared.Tests.Messaging;

public class FleetClientSettingsTests
{
    [Theory]
    [InlineData("mqtt://broker.example")]
    [InlineData("mqtt://192.0.2.7:1883")]
    public void Passwords_do_not_leave_the_machine_in_the_clear(string broker)
    {
        var refusal = Assert.Throws<ValidationException>(() => Settings(broker).Validate());
        Assert.Contains("use mqtts://", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqtt://localhost")]
    [InlineData("mqtt://127.0.0.1:1884")]
    [InlineData("mqtts://broker.example")]
    public void On_loopback_or_over_tls_they_may_travel(string broker) => Settings(broker).Validate();

    private static FleetClientSettings Settings(string broker) => new() { Broker = new Uri(broker), ClientId = "d" };
}
