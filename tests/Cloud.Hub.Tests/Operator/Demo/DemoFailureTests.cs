using System.Net.WebSockets;
using System.Text.Json;
using Operator.Cli.Demo;
using Operator.Cli.Hub;

namespace Cloud.Hub.Tests.Operator.Demo;

public class DemoFailureTests
{
    public static TheoryData<Exception, string> Expected => new()
    {
        { new HubRefusal("Forbidden: not yours"), "the hub said no: Forbidden: not yours" },
        { new JsonException("'<' is an invalid start"), "an answer of the hub could not be read: '<' is an invalid start" },
        { new IOException("No space left on device"), "No space left on device" },
        { new UnauthorizedAccessException("denied"), "denied" },
        { new TimeoutException("no model of round 1 after 6 minutes"), "no model of round 1 after 6 minutes" },
        { new TaskCanceledException("", new TimeoutException("30 seconds")), "the hub did not answer in time: 30 seconds" },
        { new WebSocketException("no upgrade"), "no upgrade" },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void What_can_go_wrong_outside_is_said_in_a_line(Exception failure, string said) =>
        Assert.Equal(said, DemoFailure.Of(failure, CancellationToken.None));

    [Fact]
    public void A_person_who_stops_it_is_not_told_of_a_failure() =>
        Assert.StartsWith("stopped ", DemoFailure.Of(new OperationCanceledException(), new CancellationToken(canceled: true)), StringComparison.Ordinal);

    [Fact]
    public void A_bug_keeps_its_stack() => Assert.Null(DemoFailure.Of(new InvalidCastException(), CancellationToken.None));
}
