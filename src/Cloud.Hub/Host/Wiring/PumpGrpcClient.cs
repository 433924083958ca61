using Cloud.Hub.Specialized.Contract;
using Cloud.Hub.Specialized.Contract.Grpc;
using Google.Protobuf;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;

namespace Cloud.Hub.Host.Wiring;

/// <summary>The pump pack's door when Specialized runs in another process.</summary>
internal sealed class PumpGrpcClient(Specialized.Contract.Grpc.Specialized.SpecializedClient client) : IPumpDomain
{
    public async Task<IReadOnlyList<PumpFault>> FaultsAsync(CancellationToken cancellation) =>
        [.. (await client.ListPumpFaultsAsync(new ListPumpFaultsRequest(), cancellationToken: cancellation)).Faults.Select(static fault =>
            new PumpFault(
            fault.Name, fault.Description, fault.Advice))];

    public async Task<PumpAdvice> AdviseAsync(
        string deviceId, IReadOnlyList<string> channels, ExperienceRecord experience, CancellationToken cancellation)
    {
        var request = new AdvisePumpRequest { DeviceId = deviceId, Experience = UnsafeByteOperations.UnsafeWrap(ExperienceCodec.Encode(experience)) };
        request.Channels.AddRange(channels);
        var advice = await client.AdvisePumpAsync(request, cancellationToken: cancellation);
        return new PumpAdvice(advice.Asset, advice.Fault, advice.Confidence, [.. advice.Reasons], advice.Advice);
    }
}
