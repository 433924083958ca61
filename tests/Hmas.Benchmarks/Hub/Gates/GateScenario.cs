using Cloud.Hub.Redistribution.Contract;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>A gate over a fleet, under which models of every worth are rolled out.</summary>
/// <param name="Name">What <c>--part</c> names.</param>
/// <param name="Online">Share of each group, and of those not told, that is online; the others never are.</param>
internal sealed record GateScenario(string Name, string Title, GatePolicy Gate, int ShadowWindows, int Devices, double Online)
{
    /// <summary>Asks for proof on the same windows that the new model alarms at most one window in a hundred more.</summary>
    private static readonly GatePolicy Strict = new()
    {
        MaximumWait = TimeSpan.FromHours(6), MinimumShadowWindows = 30_000,
        Limits = new Dictionary<string, double> { [GateLimits.ShadowAlarms] = 0.01 },
    };

    public static IReadOnlyList<GateScenario> All { get; } =
    [
        new("default", "default gate", new GatePolicy(), 50, 1_000, 1),
        new("online", "default gate, 5 % of 10,000 online", new GatePolicy(), 50, 10_000, 0.05),
        new("strict", "strict gate", Strict, 6_000, 1_000, 1),
    ];

    public SimulatedRollout Rollout(SimulatedModel model, int seed) => new(seed, Devices, model, Gate, ShadowWindows, Online);
}
