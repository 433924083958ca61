using System.Net;
using System.Net.WebSockets;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Ports;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Hmas.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Cloud.Hub.Tests.Host;

public class SecurityTests
{
    [Fact]
    public async Task Every_endpoint_of_every_port_asks_for_credentials_except_health_and_local_metrics()
    {
        await using var hub = await HubFixture.StartAsync();
        var open = hub.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null)
            .Select(static endpoint => endpoint.RoutePattern.RawText ?? "").Distinct().Order(StringComparer.Ordinal);
        Assert.All(open, static route => Assert.True(IsMeantToBeOpen(route), $"{route} asks nobody who they are"));

        foreach (var (service, port) in hub.Ports.Listeners)
        {
            using var nobody = hub.Http(service, token: "");
            foreach (var endpoint in hub.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
            {
                var route = endpoint.RoutePattern.RawText ?? "";
                if (IsMeantToBeOpen(route) || endpoint.Metadata.GetMetadata<ServicePort>() is { } owner && owner.Port != port) continue;
                if (endpoint.RoutePattern.Parameters.Count > 0 || endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is not ["GET"])
                    continue;
                using var answer = await nobody.GetAsync(new Uri(route, UriKind.Relative));
                Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{service} {route} answered {answer.StatusCode} to nobody");
            }
        }
    }

    [Theory]
    [InlineData("Bearer hmas_op_guess")]
    [InlineData("Bearer ")]
    [InlineData("Basic bm9ib2R5OnNlY3JldA==")]
    [InlineData("Basic %%%")]
    [InlineData("Digest x")]
    public async Task Wrong_credentials_are_refused(string header)
    {
        await using var hub = await HubFixture.StartAsync("memory");
        using var client = hub.Http(HubServices.Memory, token: "");
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        using var answer = await client.PostAsync(new Uri("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Grpc_health_answers_anybody_and_reflection_only_an_operator()
    {
        await using var hub = await HubFixture.StartAsync("memory");
        using var nobody = hub.Grpc(HubServices.Memory, token: "");
        var health = await new Health.HealthClient(nobody).CheckAsync(new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);

        var refused = await Assert.ThrowsAsync<RpcException>(() => ListAsync(nobody));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        using var enroller = hub.Grpc(HubServices.Memory, hub.EnrolmentToken);
        refused = await Assert.ThrowsAsync<RpcException>(() => ListAsync(enroller));
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        using var channel = hub.Grpc(HubServices.Memory);
        Assert.Contains("grpc.health.v1.Health", await ListAsync(channel));
    }

    [Fact]
    public async Task A_websocket_without_a_token_is_refused()
    {
        await using var hub = await HubFixture.StartAsync();
        using var socket = new ClientWebSocket();
        var address = new UriBuilder(hub.Address(HubServices.Front)) { Scheme = "ws", Path = "/api/v1/events" }.Uri;
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, CancellationToken.None));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guessing_is_stopped_after_some_wrong_credentials()
    {
        await using var hub = await HubFixture.StartAsync("memory", new Dictionary<string, string?> { ["Limits:FailedSignInsPerMinute"] = "3" },
            adjust: static services => services.AddSingleton<TimeProvider>(new Microsoft.Extensions.Time.Testing.FakeTimeProvider()));
        using var guesser = hub.Http(HubServices.Memory, "hmas_op_guess");
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await guesser.PostAsync(new Uri("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", UriKind.Relative), null);
            codes.Add(answer.StatusCode);
        }

        Assert.Equal(3, codes.Count(static code => code == HttpStatusCode.Unauthorized));
        Assert.Equal(2, codes.Count(static code => code == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Tokens_are_made_once_and_only_their_owner_reads_them()
    {
        using var folder = new TempFolder();
        string token;
        await using (var first = await HubFixture.StartAsync("memory", folder: folder.Path)) token = first.OperatorToken;
        Assert.True(token.Length >= 43);
        await using var second = await HubFixture.StartAsync("memory", folder: folder.Path);
        Assert.Equal(token, second.OperatorToken);
        Assert.NotEqual(token, second.EnrolmentToken);
        foreach (var name in (string[])["operator.token", "enrolment.token"])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File(name)));
    }

    [Fact]
    public async Task A_token_file_that_others_may_read_stops_the_start()
    {
        using var folder = new TempFolder();
        var path = folder.File("operator.token");
        await File.WriteAllTextAsync(path, "hmas_op_" + new string('a', 43));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var refusal = await Assert.ThrowsAsync<HubStartException>(() => HubFixture.StartAsync("memory", folder: folder.Path));
        Assert.Contains("chmod 600", refusal.Message, StringComparison.Ordinal);
    }

    private static bool IsMeantToBeOpen(string route) =>
        route is "/healthz" or "/metrics" or "/" or "/assets/{name}" or "/openapi/{documentName}.json"
        || route.TrimStart('/').StartsWith("grpc.health.v1.Health", StringComparison.Ordinal)
        || route.StartsWith("{unimplemented", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> ListAsync(ChannelBase channel)
    {
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "*" });
        await call.RequestStream.CompleteAsync();
        await call.ResponseStream.MoveNext(CancellationToken.None);
        return [.. call.ResponseStream.Current.ListServicesResponse.Service.Select(static service => service.Name)];
    }
}
