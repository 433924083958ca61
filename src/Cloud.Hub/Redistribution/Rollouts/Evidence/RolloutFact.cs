using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>What a device said: a step of a slot, or how its model behaves. One of the two is set.</summary>
internal sealed record RolloutFact(string DeviceId, SlotReport? Report, ModelEvidence? Evidence);
