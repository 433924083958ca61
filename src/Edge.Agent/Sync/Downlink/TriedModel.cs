using Edge.Agent.Perception.Inference;
using Hmas.Contracts.Models;

namespace Edge.Agent.Sync.Downlink;

/// <summary>A model that passed its trial.</summary>
/// <param name="Working">Time spent on it; shadowing is waiting by plan and does not count.</param>
/// <param name="Compared">What its shadow phase showed; null: there was none.</param>
internal sealed record TriedModel(IWindowScorer Scorer, TimeSpan Working, ShadowEvidence? Compared);
