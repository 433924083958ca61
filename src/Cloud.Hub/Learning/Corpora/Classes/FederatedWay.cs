using Cloud.Hub.Learning.Federated;
using Hmas.Inference.HeadTuning;

namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>One way to run federated rounds.</summary>
/// <param name="Poisoned">Devices that push every answer towards one class, as hard as they like.</param>
internal sealed record FederatedWay(string Name, FederatedSettings Server, HeadTuningSettings Client, int Poisoned)
{
    private static readonly FederatedSettings Trimmed = new();
    private static readonly FederatedSettings Mean = new() { Aggregation = Aggregation.Mean };
    private static readonly FederatedSettings Unbounded = Mean with { MaxNorm = float.MaxValue };
    private static readonly HeadTuningSettings Plain = new();

    public static IReadOnlyList<FederatedWay> All { get; } =
    [
        new("FedAvg", Mean, Plain, 0),
        new("FedProx", Mean, Plain with { Proximal = 0.1f }, 0),
        new("FedAdam", Mean with { ServerRate = 0.03f }, Plain, 0),
        new("trimmed mean", Trimmed, Plain, 0),
        new("FedAvg with noise 0.02", Mean, Plain with { Noise = 0.02f }, 0),
        new("FedAvg, one in ten poisoned, no bound", Unbounded, Plain, 1),
        new("FedAvg, one in ten poisoned", Mean, Plain, 1),
        new("trimmed mean, one in ten poisoned", Trimmed, Plain, 1),
        new("median, one in ten poisoned", Trimmed with { Aggregation = Aggregation.Median }, Plain, 1),
    ];
}
