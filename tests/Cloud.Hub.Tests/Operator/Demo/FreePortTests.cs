using System.Net;
using System.Net.Sockets;
using Hmas.Testing;
using Operator.Cli.Demo.Site;

namespace Cloud.Hub.Tests.Operator.Demo;

public class FreePortTests
{
    [Fact]
    public void A_port_that_somebody_listens_on_is_passed_by()
    {
        var wanted = FreePorts.One();
        Assert.Equal(wanted, FreePort.From(wanted));
        using var broker = new TcpListener(IPAddress.Any, wanted);
        broker.Start();
        Assert.InRange(FreePort.From(wanted), wanted + 1, IPEndPoint.MaxPort);
    }
}
