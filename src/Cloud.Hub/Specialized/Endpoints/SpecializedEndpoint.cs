using Cloud.Hub.Specialized.Contract;
using Cloud.Hub.Specialized.Contract.Grpc;
using Grpc.Core;
using Hmas.Contracts.Wire;

namespace Cloud.Hub.Specialized.Endpoints;

/// <summary>The door over gRPC.</summary>
internal sealed class SpecializedEndpoint(IPumpDomain pump) : Contract.Grpc.Specialized.SpecializedBase
{
    public override async Task<ListPumpFaultsReply> ListPumpFaults(ListPumpFaultsRequest request, ServerCallContext context)
    {
        var reply = new ListPumpFaultsReply();
        reply.Faults.AddRange(
            (await pump.FaultsAsync(context.CancellationToken)).Select(fault =>
                new PumpFaultMessage { Name = fault.Name, Description = fault.Description, Advice = fault.Advice }));
        return reply;
    }

    public override async Task<PumpAdviceReply> AdvisePump(AdvisePumpRequest request, ServerCallContext context)
    {
        try
        {
            var advice = await pump.AdviseAsync(
                request.DeviceId, request.Channels, ExperienceCodec.Decode(request.Experience.Span), context.CancellationToken);
            var reply = new PumpAdviceReply { Asset = advice.Asset, Fault = advice.Fault, Confidence = advice.Confidence, Advice = advice.Advice };
            reply.Reasons.AddRange(advice.Reasons);
            return reply;
        }
        catch (WireFormatException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"experience: {e.Message}"));
        }
    }
}
