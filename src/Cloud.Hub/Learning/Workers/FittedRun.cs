using Cloud.Hub.Learning.Export;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Workers;

/// <summary>What a fit came to.</summary>
/// <param name="Values">Of the network, parameters first, then states.</param>
/// <param name="Temperature">Of a classifier's logits; 1 for others.</param>
/// <param name="Set">What a classifier promises; null: nothing.</param>
/// <param name="Widening">Of the band that remaining life is told by, as a share of the horizon; null for others.</param>
internal sealed record FittedRun(
    FittedModel Model, float[] Values, string Architecture, double Temperature, PredictionSet? Set, double? Widening);
