using Cloud.Hub.Redistribution.Contract;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>A gate over a fleet, under which models of every worth are rolled out.</summary>
/// <param name="Name">What <c>--part</c> names.</param>
/// <param name="IsFirst">Nobody has a model yet, so that there is nothing to compare with.</param>
/// <param name="Online">Share of each group, and of those not told, that is online; the others never are.</param>
internal sealed record GateScenario(string Name, string Title, GatePolicy Gate, int Devices, double Online, bool IsFirst = false)
{
    /// <summary>Played when it is named only: its rollouts take most of a day, of 500 devices each.</summary>
    private const string Long = "strict-online";

    public static IReadOnlyList<GateScenario> All { get; } =
    [
        new("default", "default gate", new GatePolicy(), 1_000, 1),
        new("online", "default gate, 5 % of 10,000 online", new GatePolicy(), 10_000, 0.05),
        new("strict", "strict gate", GatePolicy.Named("strict")!, 1_000, 1),
        new("first", "default gate, a first model", new GatePolicy(), 1_000, 1, IsFirst: true),
        new("pumps", "default gate, a first model of three devices", new GatePolicy(), 3, 1, IsFirst: true),
        new(Long, "strict gate, 5 % of 10,000 online", GatePolicy.Named("strict")!, 10_000, 0.05),
    ];

    /// <param name="part">Null: all but the long one.</param>
    public bool IsIn(string? part) => part is null ? Name != Long : Name == part;

    public IReadOnlyList<SimulatedModel> BadModels => IsFirst ? SimulatedModel.BadFirst : SimulatedModel.Bad;

    public SimulatedRollout Rollout(SimulatedModel model, int seed) =>
        new(seed, Devices, model, Gate, Online, IsFirst ? null : SimulatedDevice.Old);
}
