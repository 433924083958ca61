using Cloud.Hub.Bus;
using Cloud.Hub.Host.Wiring;
using V1 = Cloud.Hub.Bus.Contract.V1;

namespace Cloud.Hub.Tests.Host.Wiring;

public sealed class EventWireTests
{
    [Fact]
    public void Every_event_of_the_bus_has_a_service_and_travels()
    {
        foreach (var type in typeof(HubEvent).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(HubEvent))))
        {
            var happened = (HubEvent)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            Assert.Contains(EventWire.ServiceOf(happened), EventWire.Services);
            Assert.Equal(type, EventWire.FromWire(EventWire.ToWire(happened))?.GetType());
        }
    }

    [Fact]
    public void An_event_of_a_newer_hub_is_passed_over() =>
        Assert.Null(EventWire.FromWire(new V1.Event { Type = "SomethingNew", Json = Google.Protobuf.ByteString.CopyFromUtf8("{}") }));
}
