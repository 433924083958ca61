using Cloud.Hub.Host;
using Cloud.Hub.Tests.Learning.Judges;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;

namespace Cloud.Hub.Tests.Host.Wiring;

/// <summary>Who may call each service's port over gRPC, and what it says about itself.</summary>
public sealed class GrpcEndpointTests(HubsApart hubs) : IClassFixture<HubsApart>
{
    /// <summary>A method of each service that takes an empty message.</summary>
    public static TheoryData<string, string, string> Methods { get; } = new()
    {
        { HubServices.Perception, "hmas.perception.v1.Perception", "ListQuality" },
        { HubServices.Memory, "hmas.memory.v1.Memory", "Statistics" },
        { HubServices.Learning, "hmas.learning.v1.Learning", "List" },
        { HubServices.Reasoning, "hmas.reasoning.v1.Reasoning", "ListSites" },
        { HubServices.Communication, "hmas.communication.v1.Communication", "SetModels" },
        { HubServices.Feedback, "hmas.feedback.v1.Feedback", "Quality" },
        { HubServices.Specialized, "hmas.specialized.v1.Specialized", "ListPumpFaults" },
        { HubServices.Redistribution, "hmas.redistribution.v1.Models", "Quarantine" },
        { HubServices.Redistribution, "hmas.redistribution.v1.Rollouts", "Find" },
    };

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_service_answers_an_operator_on_its_own_port_and_nobody_else(string service, string name, string method)
    {
        using var operators = hubs.Providers.Grpc(service);
        await CallAsync(operators, name, method);

        using var nobody = hubs.Providers.Grpc(service, token: "");
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(nobody, name, method))).StatusCode);
        using var enroller = hubs.Providers.Grpc(service, hubs.Providers.EnrolmentToken);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(enroller, name, method))).StatusCode);
        using var elsewhere = hubs.Providers.Grpc(service == HubServices.Memory ? HubServices.Learning : HubServices.Memory);
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(elsewhere, name, method))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_service_says_that_it_serves_and_what_it_serves(string service, string name, string method)
    {
        using var nobody = hubs.Providers.Grpc(service, token: "");
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.Serving, (await new Health.HealthClient(nobody).CheckAsync(new HealthCheckRequest())).Status);
        using var channel = hubs.Providers.Grpc(service);
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = $"{name}.{method}" });
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(default));
        Assert.NotEmpty(
            call.ResponseStream.Current.FileDescriptorResponse?.FileDescriptorProto
            ?? throw new InvalidOperationException($"{call.ResponseStream.Current}"));
    }

    /// <summary>Another implementation of gRPC (the C core) agrees: cleartext HTTP/2, the token as metadata, statuses, messages.</summary>
    [FactWithTool("python3-grpcio", "grpc")]
    public async Task A_client_of_another_make_is_answered()
    {
        const string Program = """
            import grpc, sys
            host, token = sys.argv[1], sys.argv[2]
            raw = dict(request_serializer=lambda b: b, response_deserializer=lambda b: b)
            with grpc.insecure_channel(host) as channel:
                print("health", channel.unary_unary("/grpc.health.v1.Health/Check", **raw)(b"", timeout=20).hex())
                faults = channel.unary_unary("/hmas.specialized.v1.Specialized/ListPumpFaults", **raw)
                print("faults", b"cavitation" in faults(b"", timeout=20, metadata=[("authorization", "Bearer " + token)]))
                try:
                    faults(b"", timeout=20)
                except grpc.RpcError as error:
                    print("nobody", error.code().name)
                reflect = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", **raw)
                listed = next(reflect(iter([b"\x3a\x01*"]), timeout=20, metadata=[("authorization", "Bearer " + token)]))
                print("reflection", b"hmas.specialized.v1.Specialized" in listed)
            """;
        var address = hubs.Providers.Address(HubServices.Specialized).Authority;
        var (code, said) = await Task.Run(() => Python.Run(Program, address, hubs.Providers.OperatorToken));
        Assert.True(code == 0, said);
        // 0801: field 1, SERVING.
        Assert.Equal(
            ["health 0801", "faults True", "nobody UNAUTHENTICATED", "reflection True"], said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task CallAsync(ChannelBase channel, string name, string method)
    {
        var bytes = Marshallers.Create(static (byte[] message) => message, static message => message);
        using var call = channel.CreateCallInvoker()
            .AsyncUnaryCall(new Method<byte[], byte[]>(MethodType.Unary, name, method, bytes, bytes), null, default, []);
        await call;
    }
}
